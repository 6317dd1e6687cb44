package dev.lifeline.parser.func;

/// Why a value must become one of another type, from the least to the most permissive.
public enum CoercionContext {
  /// Inside an expression.
  IMPLICIT,
  /// Into a column of a table.
  ASSIGNMENT,
  /// Somebody wrote a cast.
  EXPLICIT;

  /// Whether a cast of `pg_cast.castcontext` may be used here.
  boolean allows(char castContext) {
    return switch (castContext) {
      case 'i' -> true;
      case 'a' -> this != IMPLICIT;
      default -> this == EXPLICIT;
    };
  }
}
