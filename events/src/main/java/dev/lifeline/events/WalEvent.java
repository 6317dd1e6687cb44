package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// The write-ahead log on its way to disk and to the archive.
public sealed interface WalEvent extends LifecycleEvent {

  /// One group commit: everything up to `endLsn` is on disk.
  ///
  /// @param commits how many commits this flush made durable
  record Flushed(
      long startLsn, long endLsn, long walBytes, int commits, double writeMs, double syncMs)
      implements WalEvent {}

  /// Writing goes on in another segment.
  ///
  /// @param walFile the new segment's file name
  record SegmentSwitched(String walFile, long startLsn) implements WalEvent {}

  record SegmentArchived(String walFile, double elapsedMs) implements WalEvent {}

  /// A file came back from the archive.
  record SegmentRestored(String walFile, double elapsedMs) implements WalEvent {}

  record ArchiveFailed(String walFile, @Nullable Integer exitCode, String reason, double elapsedMs)
      implements WalEvent {}

  /// A segment that nothing needs any more was given back.
  ///
  /// @param recycledAs the future segment that the file became; absent when it was removed
  record SegmentRecycled(String walFile, @Nullable String recycledAs) implements WalEvent {}
}
