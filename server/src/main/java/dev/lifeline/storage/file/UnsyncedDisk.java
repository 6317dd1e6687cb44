package dev.lifeline.storage.file;

import io.vertx.core.Future;

/// A disk that never syncs: `fsync=off`, for data that may be lost with the machine.
public final class UnsyncedDisk extends ForwardingDisk {
  public UnsyncedDisk(Disk disk) {
    super(disk);
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingFile(file) {
      @Override
      public Future<Void> sync() {
        return Future.succeededFuture();
      }
    };
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return Future.succeededFuture();
  }

  @Override
  public Disk dedicated() {
    return new UnsyncedDisk(delegate().dedicated());
  }
}
