package dev.lifeline.commands;

/// Where a new relation goes.
///
/// @param namespace its schema
/// @param persistence `p` or, of one that only its session sees, `t`
record Placement(int namespace, char persistence) {}
