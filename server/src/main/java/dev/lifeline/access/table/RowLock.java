package dev.lifeline.access.table;

/// The strengths of a row lock, as in `SELECT ... FOR ...`, from the weakest.
public enum RowLock {
  KEY_SHARE,
  SHARE,
  NO_KEY_UPDATE,
  UPDATE
}
