package dev.lifeline.storage.file;

import dev.lifeline.utils.NotYet;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A file for what does not fit into memory during one statement, in `base/pgsql_tmp` as
/// PostgreSQL's. It is made when something is written, never made durable, and deleted by its
/// owner; what a crash leaves is removed at the next start.
public final class TempFile {
  private static final String DIRECTORY = "base/pgsql_tmp";
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final Disk disk;
  private final String path;
  private @Nullable Future<DiskFile> opening;
  private @Nullable Future<?> pending;
  private long size;

  /// @param pid whose it is, for the name
  public TempFile(Disk disk, int pid) {
    this.disk = disk;
    this.path = DIRECTORY + "/pgsql_tmp" + pid + "." + NUMBERS.getAndIncrement();
  }

  /// Removes what the server has left that ran before.
  public static Future<Void> removeAll(Disk disk) {
    return disk.list(DIRECTORY)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            done = done.compose(ignored -> disk.delete(DIRECTORY + "/" + name));
          }
          return done;
        });
  }

  /// Where it is, from the data directory.
  public String path() {
    return path;
  }

  /// Bytes that were written, also those on their way.
  public long size() {
    return size;
  }

  /// Throws NotYet until what was begun has ended, and its error if it has failed.
  public void await() {
    if (pending != null) {
      result(pending);
      pending = null;
    }
  }

  private static <T> T result(Future<T> future) {
    if (!future.isComplete()) {
      throw new NotYet(future);
    }
    if (future.failed()) {
      throw future.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(future.cause());
    }
    return future.result();
  }

  private DiskFile file() {
    Future<DiskFile> opened = opening;
    if (opened == null) {
      opened = disk.createDirectory(DIRECTORY).compose(ignored -> disk.create(path));
      opening = opened;
    }
    return result(opened);
  }

  /// Begins to add bytes at the end, which must stay as they are until [#await] has returned.
  public void append(MemorySegment bytes) {
    await();
    DiskFile file = file();
    pending = file.write(bytes, size);
    size += bytes.byteSize();
  }

  /// Begins to read; [#await] then waits for it.
  public void read(MemorySegment into, long offset) {
    await();
    pending = file().read(into, offset);
  }

  /// Deletes it, whatever is under way. Nobody waits for this.
  public void delete() {
    Future<DiskFile> opened = opening;
    if (opened == null) {
      return;
    }
    Future<?> last = pending == null ? Future.succeededFuture() : pending;
    last.onComplete(
        ignored -> opened.compose(DiskFile::close).onComplete(closed -> disk.delete(path)));
    opening = null;
    pending = null;
  }
}
