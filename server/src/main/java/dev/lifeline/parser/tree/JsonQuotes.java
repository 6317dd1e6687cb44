package dev.lifeline.parser.tree;

/// `KEEP | OMIT QUOTES` of JSON_QUERY.
public enum JsonQuotes {
  UNSPECIFIED,
  KEEP,
  OMIT
}
