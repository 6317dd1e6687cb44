package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Birth and end of every process. The subject is the process itself, not its parent.
public sealed interface ProcessEvent extends LifecycleEvent {

  record Forked(int parentPid) implements ProcessEvent {}

  /// The process does its work from here on.
  record Ready(double startupMs) implements ProcessEvent {}

  /// An expected end.
  record Exited(int exitCode, double uptimeMs) implements ProcessEvent {}

  /// An end by an unexpected error.
  ///
  /// @param errorClass the Java class of the error
  record Crashed(
      int exitCode,
      @Nullable String errorClass,
      @Nullable String sqlstate,
      @Nullable String message,
      double uptimeMs)
      implements ProcessEvent {}

  /// The process was forked in place of another.
  record Restarted(int replacesPid, @Nullable String reason) implements ProcessEvent {}

  /// The process was told to end.
  ///
  /// @param signal the signal that PostgreSQL would have sent, e.g. `SIGQUIT`
  record Terminated(String signal, @Nullable String reason) implements ProcessEvent {}

  /// The process was alive when the whole cluster was killed; found at the next start.
  ///
  /// @param lastSequence the last event of the cluster before it was killed
  record Lost(int parentPid, @Wide long lastSequence) implements ProcessEvent {}
}
