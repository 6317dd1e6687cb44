package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

/// The precedence of operators, from the loosest; the order is that of `gram.y`.
final class Precedence {
  static final int NONE = -1;
  static final int LOWEST = 0;
  static final int OR_OP = 1;
  static final int AND_OP = 2;
  static final int NOT_OP = 3;
  static final int IS_OP = 4;
  static final int COMPARISON = 5;
  static final int LIKE_OP = 6;
  static final int OTHER_OP = 8;
  static final int ADDITIVE = 9;
  static final int MULTIPLICATIVE = 10;
  static final int POWER = 11;
  static final int AT_OP = 12;
  static final int COLLATE_OP = 13;
  static final int UNARY_MINUS = 14;
  static final int TYPE_CAST = 15;

  private Precedence() {}

  /// Of a token as the operator behind an `a_expr`; [#NONE] where it is none.
  static int of(int kind) {
    return switch (kind) {
      case OR -> OR_OP;
      case AND -> AND_OP;
      case IS, ISNULL, NOTNULL -> IS_OP;
      case '<', '>', '=', LESS_EQUALS, GREATER_EQUALS, NOT_EQUALS -> COMPARISON;
      case BETWEEN, IN, LIKE, ILIKE, SIMILAR, NOT_LA -> LIKE_OP;
      case OP, OPERATOR -> OTHER_OP;
      case '+', '-' -> ADDITIVE;
      case '*', '/', '%' -> MULTIPLICATIVE;
      case '^' -> POWER;
      case AT -> AT_OP;
      case COLLATE -> COLLATE_OP;
      case TYPECAST -> TYPE_CAST;
      default -> NONE;
    };
  }

  /// Of a token behind a `b_expr`, which leaves out what would be ambiguous where one is used.
  static int ofRestricted(int kind) {
    return switch (kind) {
      case OR, AND, ISNULL, NOTNULL, BETWEEN, IN, LIKE, ILIKE, SIMILAR, NOT_LA, AT, COLLATE -> NONE;
      default -> of(kind);
    };
  }

  /// Whether `a op b op c` is an error.
  static boolean isNonAssociative(int precedence) {
    return precedence == IS_OP || precedence == COMPARISON || precedence == LIKE_OP;
  }
}
