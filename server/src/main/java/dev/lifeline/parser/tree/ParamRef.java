package dev.lifeline.parser.tree;

/// `$n`, from 1.
public record ParamRef(int number, int location) implements Expr {}
