package dev.lifeline.optimizer;

import dev.lifeline.parser.analyze.RangeEntry;

/// What the planner assumes about a range entry.
///
/// @param tuples how many rows it has before any condition
/// @param pages how many pages these are on; 0 for what is not stored
record RelationInfo(RangeEntry range, double tuples, double pages) {}
