package dev.lifeline.tcop;

import dev.lifeline.catalog.AccessRights;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Role;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `pg_cancel_backend`, `pg_terminate_backend`, and the crash of a drill: what a session may do to
/// other processes, and who may.
final class SignalFunctions {
  /// Members may signal every backend but a superuser's.
  private static final int PG_SIGNAL_BACKEND = 4200;

  private final Session session;
  private final PostmasterHooks postmaster;

  SignalFunctions(Session session, PostmasterHooks postmaster) {
    this.session = session;
    this.postmaster = postmaster;
  }

  /// Booleans are longs in the executor's representation.
  @Nullable Object call(List<@Nullable Object> arguments, BackendSignal signal) {
    if (!(arguments.getFirst() instanceof Number number)) {
      return null;
    }
    int pid = number.intValue();
    long timeoutMs =
        arguments.size() > 1 && arguments.get(1) instanceof Number timeout
            ? timeout.longValue()
            : 0;
    if (timeoutMs < 0) {
      throw PgException.error(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "\"timeout\" must not be negative");
    }
    SignalledBackend waitedFor = session.signalled();
    if (waitedFor != null) {
      session.signalled(null);
      return waitedFor.result(session);
    }
    if (signal == BackendSignal.CRASH && !session.superuser()) {
      throw denied("must be superuser to crash a process");
    }
    Integer role = postmaster.roleOf(pid);
    if (role != null) {
      check(role, signal);
    }
    boolean sent = postmaster.signalBackend(pid, signal);
    if (!sent) {
      warn("PID " + pid + " is not a PostgreSQL backend process");
    } else if (signal == BackendSignal.CRASH && pid == session.pid()) {
      // A process that is killed does not finish its statement first.
      throw new IllegalStateException("crashed by lifeline_crash_backend");
    } else if (timeoutMs > 0 && pid != session.pid()) {
      await(pid, timeoutMs);
    }
    return sent ? 1L : 0L;
  }

  private void check(int role, BackendSignal signal) {
    if (session.superuser()) {
      return;
    }
    boolean cancel = signal == BackendSignal.CANCEL;
    BackendCatalog catalog = (BackendCatalog) session.catalog();
    Role owner = role == 0 ? null : catalog.role(role);
    if (owner != null && owner.superuser()) {
      throw denied(
          cancel
              ? "must be a superuser to cancel superuser query"
              : "must be a superuser to terminate superuser process");
    }
    AccessRights rights = catalog.rights();
    int user = catalog.userOid();
    boolean may =
        (role != 0 && rights.isMember(user, role)) || rights.isMember(user, PG_SIGNAL_BACKEND);
    if (!may) {
      throw denied(
          cancel
              ? "must be a member of the role whose query is being canceled or member of"
                  + " pg_signal_backend"
              : "must be a member of the role whose process is being terminated or member of"
                  + " pg_signal_backend");
    }
  }

  private static PgException denied(String message) {
    return PgException.error(SqlState.INSUFFICIENT_PRIVILEGE, message);
  }

  private void warn(String message) {
    session.notice(new PgException(Severity.WARNING, SqlState.WARNING, message));
  }

  /// Waits until the backend has ended, which another event loop tells.
  ///
  /// @throws NotYet always; the next call of the function returns what came of it
  private void await(int pid, long timeoutMs) {
    Promise<Void> over = Promise.promise();
    SignalledBackend signalled = new SignalledBackend(pid, timeoutMs);
    session.signalled(signalled);
    postmaster
        .ended(pid)
        .onComplete(done ->
            session
                .timers()
                .execute(() -> {
                  signalled.ended();
                  over.tryComplete();
                }));
    session.timers().schedule(timeoutMs * 1_000_000, over::tryComplete);
    throw new NotYet(over.future());
  }

  /// A backend that was told to go and whose end is waited for.
  static final class SignalledBackend {
    private final int pid;
    private final long timeoutMs;
    private boolean ended;

    private SignalledBackend(int pid, long timeoutMs) {
      this.pid = pid;
      this.timeoutMs = timeoutMs;
    }

    private void ended() {
      ended = true;
    }

    private Object result(Session session) {
      if (!ended) {
        session.notice(
            new PgException(
                Severity.WARNING,
                SqlState.WARNING,
                "backend with PID %d did not terminate within %d milliseconds"
                    .formatted(pid, timeoutMs)));
      }
      return ended ? 1L : 0L;
    }
  }
}
