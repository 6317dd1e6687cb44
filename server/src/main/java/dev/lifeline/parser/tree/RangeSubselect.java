package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A subquery in FROM.
public record RangeSubselect(boolean lateral, SelectStmt subquery, @Nullable Alias alias)
    implements TableRef {}
