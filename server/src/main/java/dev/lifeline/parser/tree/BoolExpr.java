package dev.lifeline.parser.tree;

import java.util.List;

/// AND and OR over two or more arguments (chains are flat), NOT over one.
public record BoolExpr(Op op, List<Expr> args, int location) implements Expr {
  public enum Op {
    AND,
    OR,
    NOT
  }
}
