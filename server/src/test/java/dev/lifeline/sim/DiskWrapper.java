package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A disk that does what another one does, except for what a subclass forgets.
class DiskWrapper implements Disk {
  private final Disk disk;

  DiskWrapper(Disk disk) {
    this.disk = disk;
  }

  boolean forgetsSync(String path) {
    return false;
  }

  boolean forgetsDirectorySync(String directory) {
    return false;
  }

  boolean forgetsWrite(String path, long offset) {
    return false;
  }

  boolean forgetsDelete(String path) {
    return false;
  }

  boolean forgetsTruncate(String path) {
    return false;
  }

  @Override
  public final Future<DiskFile> open(String path) {
    return disk.open(path).map(Wrapped::new);
  }

  @Override
  public final Future<DiskFile> create(String path) {
    return disk.create(path).map(Wrapped::new);
  }

  @Override
  public final Future<Boolean> exists(String path) {
    return disk.exists(path);
  }

  @Override
  public final Future<List<String>> list(String directory) {
    return disk.list(directory);
  }

  @Override
  public final Future<Void> createDirectory(String directory) {
    return disk.createDirectory(directory);
  }

  @Override
  public final Future<Void> delete(String path) {
    return forgetsDelete(path) ? Future.succeededFuture() : disk.delete(path);
  }

  @Override
  public final Future<Void> rename(String from, String to) {
    return disk.rename(from, to);
  }

  @Override
  public final Future<Void> syncDirectory(String directory) {
    return forgetsDirectorySync(directory)
        ? Future.succeededFuture()
        : disk.syncDirectory(directory);
  }

  @Override
  public final Disk dedicated() {
    return this;
  }

  @Override
  public final Future<Void> abandon() {
    return disk.abandon();
  }

  private final class Wrapped implements DiskFile {
    private final DiskFile file;

    Wrapped(DiskFile file) {
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
      return forgetsWrite(file.path(), offset)
          ? Future.succeededFuture()
          : file.write(from, offset);
    }

    @Override
    public Future<Void> sync() {
      return forgetsSync(file.path()) ? Future.succeededFuture() : file.sync();
    }

    @Override
    public Future<Long> size() {
      return file.size();
    }

    @Override
    public Future<Void> truncate(long size) {
      return forgetsTruncate(file.path()) ? Future.succeededFuture() : file.truncate(size);
    }

    @Override
    public Future<Void> close() {
      return file.close();
    }
  }
}
