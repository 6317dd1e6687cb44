package dev.lifeline.tcop;

import dev.lifeline.parser.StatementShape;
import org.jspecify.annotations.Nullable;

/// A statement's shape, found when somebody asks for it: most executions are told to nobody.
final class LazyShape {
  private final String text;
  private @Nullable StatementShape shape;

  LazyShape(String text) {
    this.text = text;
  }

  StatementShape get() {
    StatementShape found = shape;
    if (found == null) {
      found = StatementShape.of(text);
      shape = found;
    }
    return found;
  }
}
