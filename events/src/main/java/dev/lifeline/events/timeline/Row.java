package dev.lifeline.events.timeline;

/// A line of the timeline. Processes of one type share rows: each takes the first that is free, as
/// long as it lives, so there are as many rows as there were processes of that type at once.
///
/// @param slot from 0
public record Row(String processType, int slot) {}
