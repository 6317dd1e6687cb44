package dev.lifeline.storage.file;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A disk that never syncs: `fsync=off`, for data that may be lost with the machine.
public final class UnsyncedDisk implements Disk {
  private final Disk disk;

  public UnsyncedDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public Future<DiskFile> open(String path) {
    return disk.open(path).map(UnsyncedFile::new);
  }

  @Override
  public Future<DiskFile> create(String path) {
    return disk.create(path).map(UnsyncedFile::new);
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
    return Future.succeededFuture();
  }

  @Override
  public Disk dedicated() {
    return new UnsyncedDisk(disk.dedicated());
  }

  @Override
  public Future<Void> abandon() {
    return disk.abandon();
  }

  private record UnsyncedFile(DiskFile file) implements DiskFile {
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
      return file.write(from, offset);
    }

    @Override
    public Future<Void> sync() {
      return Future.succeededFuture();
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
