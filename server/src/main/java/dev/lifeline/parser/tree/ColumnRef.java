package dev.lifeline.parser.tree;

import java.util.List;

/// A possibly qualified column, or `*`, or `name.*`; which of the names is a table is for the
/// analysis.
public record ColumnRef(List<String> fields, boolean star, int location) implements Expr {}
