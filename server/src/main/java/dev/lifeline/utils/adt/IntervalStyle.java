package dev.lifeline.utils.adt;

/// How intervals are written: the values of the parameter `IntervalStyle`.
public enum IntervalStyle {
  POSTGRES,
  POSTGRES_VERBOSE,
  SQL_STANDARD,
  ISO_8601
}
