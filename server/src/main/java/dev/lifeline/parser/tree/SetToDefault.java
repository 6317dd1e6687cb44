package dev.lifeline.parser.tree;

/// `DEFAULT` in the place of a value.
public record SetToDefault(int location) implements Expr {}
