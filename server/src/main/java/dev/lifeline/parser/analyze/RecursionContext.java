package dev.lifeline.parser.analyze;

import org.jspecify.annotations.Nullable;

/// Where in a recursive term the analysis is: not everywhere may the query refer to itself.
enum RecursionContext {
  ALLOWED(null),
  SUBQUERY("within a subquery"),
  OUTER_JOIN("within an outer join"),
  INTERSECT("within INTERSECT"),
  EXCEPT("within EXCEPT");

  private final @Nullable String refused;

  RecursionContext(@Nullable String refused) {
    this.refused = refused;
  }

  /// What the message says; null where it may.
  @Nullable String refused() {
    return refused;
  }
}
