package dev.lifeline.access.transam;

import dev.lifeline.storage.smgr.RelFileLocator;
import org.jspecify.annotations.Nullable;

/// A table whose changes logical decoding will read back from the WAL: what has to be logged beside
/// the changes themselves.
///
/// The WAL describes itself: before its first change of a table a transaction logs how the table
/// looks, so that decoding needs no catalog and no catalog has to be kept for it.
public interface LoggedTable {
  RelFileLocator file();

  /// Where its long values are; their chunks are decoded with it.
  @Nullable RelFileLocator toastFile();

  /// How the table looks, in the form that `replication.logical` reads.
  byte[] descriptor();

  /// What identifies a row that is replaced or deleted: a letter (`K` for the key, `O` for the
  /// whole row), then the payload of a tuple.
  ///
  /// @param payload of the new version; null for a delete
  /// @return null where nothing has to be logged: the table has no replica identity, or an update
  ///   leaves it alone
  /// @throws dev.lifeline.utils.NotYet while the row or its long values are being read
  byte @Nullable [] oldIdentity(long tid, byte @Nullable [] payload);
}
