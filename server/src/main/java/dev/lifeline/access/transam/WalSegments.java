package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import io.vertx.core.Future;
import java.util.Optional;

/// Where a reader of the WAL gets the segments from.
@FunctionalInterface
interface WalSegments {
  /// Opens the segment that a position is in; empty where there is none.
  Future<Optional<DiskFile>> open(long lsn);

  /// The segments of one timeline in a directory.
  static WalSegments of(Disk disk, String directory, int timeline, int segmentSize) {
    return lsn ->
        openIfThere(disk, directory + "/" + WalFormat.segmentName(timeline, lsn, segmentSize));
  }

  static Future<Optional<DiskFile>> openIfThere(Disk disk, String path) {
    return disk.exists(path)
        .compose(exists ->
            exists ? disk.open(path).map(Optional::of) : Future.succeededFuture(Optional.empty()));
  }
}
