package dev.lifeline.parser.tree;

/// `IS [NOT] { TRUE | FALSE | UNKNOWN }`.
public record BooleanTest(Expr arg, Type type, int location) implements Expr {
  public enum Type {
    IS_TRUE,
    IS_NOT_TRUE,
    IS_FALSE,
    IS_NOT_FALSE,
    IS_UNKNOWN,
    IS_NOT_UNKNOWN
  }
}
