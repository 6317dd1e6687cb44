package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Constraint;

/// `ConstraintAttributeSpec`: when a constraint is checked, and what it is for. Which of it a
/// constraint may have depends on its type; those errors have no place in the text, as in
/// PostgreSQL.
record ConstraintAttributes(int bits) {
  private static final int NOT_DEFERRABLE_BIT = 1;
  private static final int DEFERRABLE_BIT = 1 << 1;
  private static final int IMMEDIATE_BIT = 1 << 2;
  private static final int DEFERRED_BIT = 1 << 3;
  private static final int NOT_VALID_BIT = 1 << 4;
  private static final int NO_INHERIT_BIT = 1 << 5;

  static ConstraintAttributes read(Cursor c) {
    int bits = 0;
    while (true) {
      int location = c.location();
      int bit = element(c);
      if (bit == 0) {
        return new ConstraintAttributes(bits);
      }
      bits |= bit;
      if (has(bits, NOT_DEFERRABLE_BIT | DEFERRED_BIT)) {
        throw Cursor.syntaxError(
            location, "constraint declared INITIALLY DEFERRED must be DEFERRABLE");
      }
      if (has(bits, NOT_DEFERRABLE_BIT | DEFERRABLE_BIT)
          || has(bits, IMMEDIATE_BIT | DEFERRED_BIT)) {
        throw Cursor.syntaxError(location, "conflicting constraint properties");
      }
    }
  }

  private static boolean has(int bits, int all) {
    return (bits & all) == all;
  }

  private static int element(Cursor c) {
    return switch (c.peek()) {
      case NOT -> {
        c.advance();
        if (c.accept(DEFERRABLE)) {
          yield NOT_DEFERRABLE_BIT;
        }
        c.expect(VALID);
        yield NOT_VALID_BIT;
      }
      case DEFERRABLE -> {
        c.advance();
        yield DEFERRABLE_BIT;
      }
      case INITIALLY -> {
        c.advance();
        if (c.accept(IMMEDIATE)) {
          yield IMMEDIATE_BIT;
        }
        c.expect(DEFERRED);
        yield DEFERRED_BIT;
      }
      case NO -> {
        c.expect(NO, INHERIT);
        yield NO_INHERIT_BIT;
      }
      default -> 0;
    };
  }

  boolean deferrable() {
    return (bits & (DEFERRABLE_BIT | DEFERRED_BIT)) != 0;
  }

  boolean initiallyDeferred() {
    return (bits & DEFERRED_BIT) != 0;
  }

  void apply(ConstraintBuilder constraint, String what) {
    boolean check =
        constraint.type == Constraint.Type.CHECK || constraint.type == Constraint.Type.NOTNULL;
    boolean foreign = constraint.type == Constraint.Type.FOREIGN;
    if (deferrable()) {
      refuse(check, what, "DEFERRABLE");
      constraint.deferrable = true;
      constraint.initiallyDeferred = initiallyDeferred();
    }
    if ((bits & NOT_VALID_BIT) != 0) {
      refuse(constraint.type != Constraint.Type.CHECK && !foreign, what, "NOT VALID");
      constraint.skipValidation = true;
    }
    if ((bits & NO_INHERIT_BIT) != 0) {
      refuse(constraint.type != Constraint.Type.CHECK, what, "NO INHERIT");
      constraint.noInherit = true;
    }
  }

  /// For the triggers and constraints that know nothing but deferral.
  void refuseBeyondDeferral(String what) {
    refuse((bits & NOT_VALID_BIT) != 0, what, "NOT VALID");
    refuse((bits & NO_INHERIT_BIT) != 0, what, "NO INHERIT");
  }

  private static void refuse(boolean refused, String what, String attribute) {
    if (refused) {
      throw Cursor.featureError(-1, "%s constraints cannot be marked %s", what, attribute);
    }
  }
}
