package dev.lifeline.access.table;

/// A row is being added that may be taken back again, see [Table#speculate].
public interface Speculation {
  /// It stays, or it was taken back. Ending it again does nothing.
  void end();
}
