package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Where the parts of a server say what happened to them.
///
/// Emitting never blocks and never fails: it may be called from any thread, also from an event loop
/// and in the middle of a commit. What cannot be kept is dropped and counted, and the next event
/// that is kept tells the count.
@FunctionalInterface
public interface Emitter {
  /// Keeps nothing: for tests that do not look at events.
  Emitter NONE = (subject, event, cause, trace) -> 0;

  /// Puts an event on the log.
  ///
  /// @param subject the process that it happened to
  /// @param cause the sequence of the event that brought this one about, 0 for a root cause
  /// @param trace the trace that the work belongs to, when it belongs to one
  /// @return the event's sequence, to be given as the cause of what follows from it; 0 when the
  ///   event was dropped
  long emit(Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace);

  /// An event outside any trace.
  default long emit(Subject subject, LifecycleEvent event, long cause) {
    return emit(subject, event, cause, null);
  }

  /// An event without a cause on the log, outside any trace.
  default long emit(Subject subject, LifecycleEvent event) {
    return emit(subject, event, 0, null);
  }
}
