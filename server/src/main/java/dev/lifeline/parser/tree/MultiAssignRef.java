package dev.lifeline.parser.tree;

/// One column of `SET (a, b) = source`; the columns of one assignment share the source, counted
/// from 1.
public record MultiAssignRef(Expr source, int colno, int ncolumns, int location) implements Expr {}
