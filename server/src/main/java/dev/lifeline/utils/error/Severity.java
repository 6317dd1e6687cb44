package dev.lifeline.utils.error;

/// PostgreSQL's message levels, from the least to the most severe.
public enum Severity {
  DEBUG,
  LOG,
  INFO,
  NOTICE,
  WARNING,
  ERROR,
  FATAL,
  PANIC
}
