package dev.lifeline.parser.tree;

/// RETURN in the body of an SQL function.
public record ReturnStmt(Expr returnval) implements Stmt {}
