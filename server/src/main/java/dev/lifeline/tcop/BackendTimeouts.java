package dev.lifeline.tcop;

import dev.lifeline.utils.Timers;
import dev.lifeline.utils.Timers.Timer;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How long a backend waits for its client: for the authentication, and while it is idle.
final class BackendTimeouts {
  private final Timers timers;
  private @Nullable Timer authentication;
  private @Nullable Timer idle;

  BackendTimeouts(Timers timers) {
    this.timers = timers;
  }

  /// `authentication_timeout`.
  void awaitAuthentication(long seconds, Runnable expired) {
    authentication = timers.schedule(seconds * 1_000_000_000L, expired);
  }

  /// `idle_session_timeout`, or `idle_in_transaction_session_timeout`.
  void awaitMessage(GucSession gucs, boolean inTransaction, Consumer<TerminationReason> expired) {
    if (idle != null) {
      return;
    }
    Guc<Long> parameter =
        inTransaction ? Gucs.IDLE_IN_TRANSACTION_SESSION_TIMEOUT : Gucs.IDLE_SESSION_TIMEOUT;
    long millis = gucs.get(parameter);
    if (millis > 0) {
      TerminationReason reason =
          inTransaction
              ? TerminationReason.IDLE_IN_TRANSACTION_TIMEOUT
              : TerminationReason.IDLE_SESSION_TIMEOUT;
      idle = timers.schedule(millis * 1_000_000, () -> expired.accept(reason));
    }
  }

  /// What was waited for has come.
  void cancel() {
    Timer authenticating = authentication;
    if (authenticating != null) {
      authentication = null;
      authenticating.cancel();
    }
    Timer waiting = idle;
    if (waiting != null) {
      idle = null;
      waiting.cancel();
    }
  }
}
