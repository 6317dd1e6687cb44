package dev.lifeline.access.index;

/// How an insert treats an equal key. An index whose key has a NULL is asked with NO.
public enum UniqueCheck {
  /// Duplicates are fine.
  NO,
  /// A live row with the same key is a conflict, and the entry is not added; an in-doubt one is
  /// waited for.
  YES,
  /// As YES, but nobody is waited for: one that is in doubt is a conflict, too. For who can take
  /// the row back and look again.
  PARTIAL
}
