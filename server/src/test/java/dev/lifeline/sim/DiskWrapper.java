package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.file.ForwardingDisk;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;

/// A disk that does what another one does, except for what a subclass forgets.
class DiskWrapper extends ForwardingDisk {
  DiskWrapper(Disk disk) {
    super(disk);
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
  public final Future<Void> delete(String path) {
    return forgetsDelete(path) ? Future.succeededFuture() : super.delete(path);
  }

  @Override
  public final Future<Void> syncDirectory(String directory) {
    return forgetsDirectorySync(directory)
        ? Future.succeededFuture()
        : super.syncDirectory(directory);
  }

  @Override
  public final Disk dedicated() {
    return this;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingFile(file) {
      @Override
      public Future<Void> write(MemorySegment from, long offset) {
        return forgetsWrite(path(), offset) ? Future.succeededFuture() : super.write(from, offset);
      }

      @Override
      public Future<Void> sync() {
        return forgetsSync(path()) ? Future.succeededFuture() : super.sync();
      }

      @Override
      public Future<Void> truncate(long size) {
        return forgetsTruncate(path()) ? Future.succeededFuture() : super.truncate(size);
      }
    };
  }
}
