package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// What is known about the completeness of the log itself.
public sealed interface ObserverEvent extends LifecycleEvent {

  record Attached(String source, String serverVersion, @Nullable String logFile, long offsetBytes)
      implements ObserverEvent {}

  record Detached(String source, String reason) implements ObserverEvent {}

  /// Something is missing, and this is all that is known of it.
  ///
  /// @param source what has the gap: an observed server, `journal`, `otlp`
  /// @param missing how many events or spans, absent when nobody can know
  /// @param missingBytes how much of a file was unreadable, 0 when it was not a file
  record GapDetected(String source, @Nullable Long missing, long missingBytes, String reason)
      implements ObserverEvent {}
}
