package dev.lifeline.access.transam;

/// SERIALIZABLE is refused before a transaction begins; READ UNCOMMITTED is READ COMMITTED.
public enum IsolationLevel {
  READ_COMMITTED,
  REPEATABLE_READ
}
