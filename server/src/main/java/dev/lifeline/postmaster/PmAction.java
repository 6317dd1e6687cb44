package dev.lifeline.postmaster;

import org.jspecify.annotations.Nullable;

/// What the postmaster's state machine wants done. Carried out in order.
public sealed interface PmAction {
  /// Start a process of this type.
  record Fork(ProcessType type) implements PmAction {}

  /// Tell a process something.
  ///
  /// @param reason why, for the event log
  record Signal(int pid, ProcessSignal signal, String reason) implements PmAction {}

  /// Another state was entered.
  record StateChanged(PmState from, PmState to) implements PmAction {}

  /// The process's end was a crash.
  record CrashDetected(int pid, ProcessType type, ExitStatus status) implements PmAction {}

  /// Everybody is gone: throw shared memory away and make it anew.
  record ResetSharedMemory() implements PmAction {}

  /// A line for the server log, at level LOG.
  record Log(String message, @Nullable String detail) implements PmAction {
    public Log(String message) {
      this(message, null);
    }
  }

  /// After this long, those who are still there are killed.
  record KillAfter(long millis) implements PmAction {}

  /// After this long, those are forked who were held back.
  record ForkAfter(long millis) implements PmAction {}

  /// After this long, a new start is made.
  record StartAfter(long millis) implements PmAction {}

  /// Close what is left of the connections that were only to be refused.
  record CloseDeadEnds() implements PmAction {}

  /// The server ends.
  record Exit(int code) implements PmAction {}
}
