package dev.lifeline.executor.expr;

import org.jspecify.annotations.Nullable;

/// Where in the statement's text something was written, for error messages. It is no part of an
/// expression's identity: two expressions that differ only in where they were written are equal, so
/// that `SELECT a + 1 ... GROUP BY a + 1` finds its own.
///
/// @param offset bytes from 0, or -1 where it was not written at all
public record ParseLoc(int offset) {
  public static final ParseLoc NONE = new ParseLoc(-1);

  public static ParseLoc at(int offset) {
    return offset < 0 ? NONE : new ParseLoc(offset);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParseLoc;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
