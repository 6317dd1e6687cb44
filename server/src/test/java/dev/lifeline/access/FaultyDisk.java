package dev.lifeline.access;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Predicate;

/// A disk whose syncs or writes of some files fail when a test says so.
final class FaultyDisk implements Disk {
  private final Disk disk;

  /// Which paths cannot be synced, or written.
  Predicate<String> syncFails = path -> false;

  Predicate<String> isFull = path -> false;

  /// Which are gone when they are to be synced.
  Predicate<String> isMissing = path -> false;

  FaultyDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public Future<DiskFile> open(String path) {
    return disk.open(path).map(FaultyFile::new);
  }

  @Override
  public Future<DiskFile> create(String path) {
    return disk.create(path).map(FaultyFile::new);
  }

  @Override
  public Future<Boolean> exists(String path) {
    return disk.exists(path);
  }

  @Override
  public Future<List<String>> list(String directory) {
    return disk.list(directory);
  }

  @Override
  public Future<Void> createDirectory(String directory) {
    return disk.createDirectory(directory);
  }

  @Override
  public Future<Void> delete(String path) {
    return disk.delete(path);
  }

  @Override
  public Future<Void> rename(String from, String to) {
    return disk.rename(from, to);
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return disk.syncDirectory(directory);
  }

  @Override
  public Disk dedicated() {
    return this;
  }

  @Override
  public Future<Void> abandon() {
    return disk.abandon();
  }

  private final class FaultyFile implements DiskFile {
    private final DiskFile file;

    FaultyFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public Future<Integer> read(MemorySegment into, long offset) {
      return file.read(into, offset);
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      if (isFull.test(path())) {
        return Future.failedFuture(
            PgException.error(
                SqlState.DISK_FULL,
                "could not write to file \"%s\": No space left on device",
                path()));
      }
      return file.write(from, offset);
    }

    @Override
    public Future<Void> sync() {
      if (syncFails.test(path())) {
        return Future.failedFuture(
            PgException.error(
                SqlState.IO_ERROR, "could not fsync file \"%s\": Input/output error", path()));
      }
      if (isMissing.test(path())) {
        return Future.failedFuture(
            PgException.error(
                SqlState.UNDEFINED_FILE,
                "could not fsync file \"%s\": No such file or directory",
                path()));
      }
      return file.sync();
    }

    @Override
    public Future<Long> size() {
      return file.size();
    }

    @Override
    public Future<Void> truncate(long size) {
      return file.truncate(size);
    }

    @Override
    public Future<Void> close() {
      return file.close();
    }
  }
}
