package dev.lifeline.access.index;

import org.jspecify.annotations.Nullable;

/// A scan in the order of the index; equal keys come in the order of their tids (backwards the
/// reverse). It sees each entry that was there when it began and was not removed meanwhile exactly
/// once, however the index splits under it.
public interface IndexScan {
  /// Steps to the next entry.
  ///
  /// @return false at the end
  /// @throws dev.lifeline.utils.NotYet while a page is read
  boolean next();

  /// The entry's tid.
  long tid();

  /// The entry's key: valid until the next step.
  byte[] key();

  /// Whether everybody has seen the entry's row, and every other one on its page, when the entry
  /// was read: then nobody has to look at the row itself. Only known to a scan that
  /// [Index#scanOnly] has begun; else false.
  boolean allVisible();

  /// Says that [dev.lifeline.access.table.Table#fetch] found the current entry's row dead to
  /// everybody, so that its entry may be removed.
  void kill();

  /// Begins again with other bounds.
  void rescan(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive);

  /// Ends the scan: notes the killed entries on their page.
  void close();
}
