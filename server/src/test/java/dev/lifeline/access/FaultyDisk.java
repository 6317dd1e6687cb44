package dev.lifeline.access;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.file.ForwardingDisk;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;

/// A disk whose syncs or writes of some files fail when a test says so.
final class FaultyDisk extends ForwardingDisk {
  /// Which paths cannot be synced, or written.
  Predicate<String> syncFails = path -> false;

  Predicate<String> isFull = path -> false;

  /// Which are gone when they are to be synced.
  Predicate<String> isMissing = path -> false;

  FaultyDisk(Disk disk) {
    super(disk);
  }

  @Override
  public Disk dedicated() {
    return this;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingFile(file) {
      @Override
      public Future<Void> write(MemorySegment from, long offset) {
        return isFull.test(path())
            ? failed(SqlState.DISK_FULL, "write to", "No space left on device")
            : super.write(from, offset);
      }

      @Override
      public Future<Void> sync() {
        if (syncFails.test(path())) {
          return failed(SqlState.IO_ERROR, "fsync", "Input/output error");
        }
        return isMissing.test(path())
            ? failed(SqlState.UNDEFINED_FILE, "fsync", "No such file or directory")
            : super.sync();
      }

      private Future<Void> failed(SqlState state, String operation, String reason) {
        return Future.failedFuture(
            PgException.error(state, "could not %s file \"%s\": %s", operation, path(), reason));
      }
    };
  }
}
