package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/// A client's backend: everything between the fork by the postmaster and the end of the connection.
///
/// The postmaster forks one for each connection, before it knows whether the client may connect. It
/// ends normally when the client says so or is gone, or after a FATAL error; the rest of the
/// cluster does not notice. It ends by an emergency ([TerminationReason#quickDie]) when shared
/// memory is about to be thrown away. When it fails by anything but a
/// [dev.lifeline.utils.error.PgException], that is a crash: shared memory may be damaged, so the
/// postmaster restarts the cluster.
///
/// Belongs to one event loop: every method is called there.
public final class Backend {
  private final BackendEnvironment environment;
  private final ClientChannel channel;
  private final int pid;
  private final int cancelKey;
  private final Promise<Void> ended = Promise.promise();

  public Backend(BackendEnvironment environment, ClientChannel channel, int pid, int cancelKey) {
    this.environment = environment;
    this.channel = channel;
    this.pid = pid;
    this.cancelKey = cancelKey;
  }

  public int pid() {
    return pid;
  }

  /// The secret that a CancelRequest must tell.
  public int cancelKey() {
    return cancelKey;
  }

  /// Begins to wait for the startup packet, for `authentication_timeout` at most.
  public void start() {}

  /// What the client sent.
  public void handle(Buffer bytes) {}

  /// The client has closed the connection, or it broke.
  public void closed() {
    ended.tryComplete();
  }

  /// Ends the session, whatever it is doing; see [TerminationReason].
  public void terminate(TerminationReason reason) {
    channel.close();
    ended.tryComplete();
  }

  /// Cancels the statement that runs, if one does: 57014.
  public void cancel() {}

  /// Dies as if by an unexpected error, for drills: [#ended] fails.
  public void crash() {
    ended.tryFail(new IllegalStateException("crashed by lifeline_crash_backend"));
  }

  /// Completes when the backend has ended and holds nothing any more; fails when it crashed. Not
  /// before its client has been told what there was to tell.
  public Future<Void> ended() {
    return ended.future();
  }

  BackendEnvironment environment() {
    return environment;
  }
}
