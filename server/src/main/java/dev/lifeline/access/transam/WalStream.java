package dev.lifeline.access.transam;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.events.Lsn;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Reads the WAL of a running server as far as it is flushed, and follows it: for logical decoding.
///
/// ```text
/// next() -> a record      take the next one
///        -> null          wait for more(), and try again
/// ```
///
/// Belongs to one event loop; the memory that it reads into is given back by [#close].
public final class WalStream {
  private final Wal wal;
  private final Arena arena = Arena.ofShared();
  private final WalReader reader;
  private long flushed;
  private boolean closed;

  /// Begins to read.
  ///
  /// @param start where a record begins, or the one before it ends
  public WalStream(SharedMemory memory, long start) {
    this.wal = memory.wal();
    ControlData control = memory.controlData();
    this.reader =
        new WalReader(
            memory.disk(),
            arena,
            control.timeline(),
            control.walSegmentSize(),
            control.systemIdentifier(),
            start,
            -1);
    this.flushed = Math.max(start, wal.flushedLsn());
    reader.limit(flushed);
  }

  /// The next record; null where [#more] has to be waited for. Valid until the next call.
  public @Nullable WalRecord next() {
    return switch (reader.next()) {
      case RECORD -> reader.record();
      case MORE -> null;
      case END -> throw missing();
    };
  }

  private PgException missing() {
    if (reader.endReason() == null) {
      return PgException.error(
          SqlState.UNDEFINED_FILE,
          "requested WAL segment for %s has already been removed",
          Lsn.format(reader.endLsn()));
    }
    return PgException.error(
        SqlState.DATA_CORRUPTED,
        "could not read WAL record at %s: %s",
        Lsn.format(reader.endLsn()),
        reader.endReason());
  }

  /// Completes when there may be more records: at once where the files have more, else after the
  /// next flush.
  public Future<Void> more() {
    if (!reader.atLimit()) {
      return reader.load();
    }
    long now = wal.flushedLsn();
    if (now > flushed) {
      flushed = now;
      reader.limit(now);
      return reader.load();
    }
    return wal.flushedBeyond(flushed);
  }

  /// Whether [#more] would have to wait for a flush.
  public boolean atEnd() {
    return reader.atLimit() && wal.flushedLsn() <= flushed;
  }

  /// Where the last record ended.
  public long position() {
    return reader.endLsn();
  }

  /// Not while [#more] is under way.
  public Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    return reader
        .close()
        .eventually(() -> {
          arena.close();
          return Future.succeededFuture();
        });
  }
}
