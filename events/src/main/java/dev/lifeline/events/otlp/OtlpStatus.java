package dev.lifeline.events.otlp;

import org.jspecify.annotations.Nullable;

/// How exporting stands.
///
/// @param exportedSequence the spans of all events up to this one are exported, or dropped
/// @param exportedSpans how many were exported since the start
/// @param droppedSpans how many were dropped since the start
/// @param reason why nothing goes out, null while it does
public record OtlpStatus(
    State state,
    long exportedSequence,
    long exportedSpans,
    long droppedSpans,
    @Nullable String reason) {

  /// Goes between the first two as the collector comes and goes.
  public enum State {
    EXPORTING,
    /// The collector does not answer, or refuses; it is tried again.
    AWAY,
    CLOSED
  }
}
