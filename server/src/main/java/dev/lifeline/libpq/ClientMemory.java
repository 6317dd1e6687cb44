package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that clients make the server hold for them: big messages, prepared statements, bound
/// values. All backends share one heap, so what one client may fill of it is bounded, and what all
/// of them may fill together; a session that wants more is told 53200, as where PostgreSQL's
/// process cannot get it from its system.
///
/// Small things that come and go are not counted. May be used from any thread; a [Share] belongs to
/// its backend's event loop.
public final class ClientMemory {
  private final long bytesMax;
  private final long shareBytesMax;
  private final AtomicLong taken = new AtomicLong();

  /// @param bytesMax for all clients together; one may have the half of it
  public ClientMemory(long bytesMax) {
    this.bytesMax = bytesMax;
    this.shareBytesMax = bytesMax / 2;
  }

  /// A part of this process's heap that leaves enough for the work.
  public static ClientMemory ofHeap() {
    return new ClientMemory(Runtime.getRuntime().maxMemory() / 4);
  }

  /// What is held for clients now.
  public long taken() {
    return taken.get();
  }

  /// For one more client.
  public Share share() {
    return new Share();
  }

  /// What is held for one client.
  public final class Share {
    private long own;
    private boolean closed;

    private Share() {}

    /// False where there is no room.
    public boolean take(long bytes) {
      if (closed) {
        return true;
      }
      if (own + bytes > shareBytesMax) {
        return false;
      }
      if (taken.addAndGet(bytes) > bytesMax) {
        taken.addAndGet(-bytes);
        return false;
      }
      own += bytes;
      return true;
    }

    /// As [#take].
    ///
    /// @throws PgException 53200 where there is no room
    public void takeOrFail(long bytes) {
      if (!take(bytes)) {
        throw PgException.error(SqlState.OUT_OF_MEMORY, "out of memory")
            .detail("Failed on request of size %d.", bytes);
      }
    }

    public void give(long bytes) {
      if (closed) {
        return;
      }
      if (bytes > own) {
        throw new IllegalArgumentException(bytes + " bytes of " + own + " are given back");
      }
      own -= bytes;
      taken.addAndGet(-bytes);
    }

    /// The client is gone: gives back all that is left. What is let go of after that is not counted
    /// any more.
    public void close() {
      give(own);
      closed = true;
    }
  }
}
