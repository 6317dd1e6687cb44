package dev.lifeline.storage.file;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A disk that passes everything on to another one, for those that do a few things differently.
public abstract class ForwardingDisk implements Disk {
  private final Disk disk;

  protected ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  /// What the users of this disk get for an open file.
  protected abstract DiskFile wrap(DiskFile file);

  protected final Disk delegate() {
    return disk;
  }

  @Override
  public Future<DiskFile> open(String path) {
    return disk.open(path).map(this::wrap);
  }

  @Override
  public Future<DiskFile> create(String path) {
    return disk.create(path).map(this::wrap);
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
  public Future<Void> abandon() {
    return disk.abandon();
  }

  /// A file that passes everything on to another one.
  protected abstract static class ForwardingFile implements DiskFile {
    private final DiskFile file;

    protected ForwardingFile(DiskFile file) {
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
      return file.write(from, offset);
    }

    @Override
    public Future<Void> sync() {
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
