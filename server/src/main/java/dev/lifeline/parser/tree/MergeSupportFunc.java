package dev.lifeline.parser.tree;

/// `MERGE_ACTION()`.
public record MergeSupportFunc(int location) implements Expr {}
