package dev.lifeline.events.journal;

/// What a start found.
///
/// @param lastSequence the last event of the runs before, 0 when there was none
/// @param tornBytes how much of a half-written tail was cut off, usually 0
/// @param damaged whether the last segment has damage that is not at its end
public record OpenReport(long lastSequence, long tornBytes, boolean damaged) {}
