package dev.lifeline.commands;

import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The constraints written at a column. DEFERRABLE and its kin stand behind the constraint that
/// they are about, as if they were constraints themselves.
final class ColumnConstraints {
  private final List<Constraint> result = new ArrayList<>();

  /// The place of the constraint that attributes are about; -1 for none.
  private int last = -1;

  private @Nullable Boolean deferrable;
  private @Nullable Boolean deferred;

  private ColumnConstraints() {}

  /// The constraints, each with what its attributes say; the attributes themselves are gone.
  static List<Constraint> withAttributes(List<Constraint> constraints) {
    ColumnConstraints all = new ColumnConstraints();
    constraints.forEach(all::add);
    all.finish();
    return all.result;
  }

  private void add(Constraint constraint) {
    switch (constraint.contype()) {
      case ATTR_DEFERRABLE -> deferrable(constraint, true, "DEFERRABLE");
      case ATTR_NOT_DEFERRABLE -> deferrable(constraint, false, "NOT DEFERRABLE");
      case ATTR_DEFERRED -> deferred(constraint, true, "INITIALLY DEFERRED");
      case ATTR_IMMEDIATE -> deferred(constraint, false, "INITIALLY IMMEDIATE");
      default -> {
        finish();
        last = result.size();
        result.add(constraint);
      }
    }
  }

  private void deferrable(Constraint attribute, boolean value, String words) {
    requireConstraint(attribute, words);
    if (deferrable != null) {
      throw syntaxError(attribute, "multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed");
    }
    deferrable = value;
    if (!value && Boolean.TRUE.equals(deferred)) {
      throw mustBeDeferrable(attribute);
    }
  }

  private void deferred(Constraint attribute, boolean value, String words) {
    requireConstraint(attribute, words);
    if (deferred != null) {
      throw syntaxError(attribute, "multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed");
    }
    deferred = value;
    if (value && Boolean.FALSE.equals(deferrable)) {
      throw mustBeDeferrable(attribute);
    }
  }

  private void requireConstraint(Constraint attribute, String words) {
    boolean supports =
        last >= 0
            && switch (result.get(last).contype()) {
              case PRIMARY, UNIQUE, EXCLUSION, FOREIGN -> true;
              default -> false;
            };
    if (!supports) {
      throw syntaxError(attribute, "misplaced " + words + " clause");
    }
  }

  private static PgException mustBeDeferrable(Constraint attribute) {
    return syntaxError(attribute, "constraint declared INITIALLY DEFERRED must be DEFERRABLE");
  }

  private static PgException syntaxError(Constraint attribute, String message) {
    return PgException.error(SqlState.SYNTAX_ERROR, message).at(attribute.location());
  }

  private void finish() {
    boolean isDeferred = Boolean.TRUE.equals(deferred);
    boolean isDeferrable = isDeferred || Boolean.TRUE.equals(deferrable);
    if (isDeferrable) {
      result.set(last, result.get(last).withDeferral(true, isDeferred));
    }
    deferrable = null;
    deferred = null;
  }
}
