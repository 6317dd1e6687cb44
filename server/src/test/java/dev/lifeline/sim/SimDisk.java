package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A disk for the simulator. Its platter outlives crashes; this is one life's view of it:
/// operations take some virtual time, and the power can fail at a chosen one.
///
/// At a crash everything that was synced is there. Of the rest, each 512-byte sector is there or
/// not, whatever the others do, and of the unsynced names of a directory a prefix is.
final class SimDisk implements Disk {
  /// What may be broken on purpose, to prove that the simulator notices.
  enum Sabotage {
    NONE,
    /// Syncs of the WAL do nothing.
    SKIP_WAL_SYNC,
    /// Syncs of data files do nothing.
    SKIP_DATA_SYNC,
    /// Directories are never synced.
    SKIP_DIRECTORY_SYNC
  }

  /// Thrown through the whole engine when the power fails.
  static final class PowerFailure extends Error {
    private static final long serialVersionUID = 1L;

    PowerFailure() {
      super("power failure", null, false, false);
    }
  }

  private final SimPlatter platter;
  private final SimScheduler scheduler;
  private final Random random;
  private final Sabotage sabotage;
  private final long crashAt;
  private long operations;
  private long syncs;
  private long failSyncAt;
  private boolean off;

  /// @param crashAt the power fails at this operation that changes something, counted from 1; 0:
  ///   never
  SimDisk(
      SimPlatter platter, SimScheduler scheduler, Random random, Sabotage sabotage, long crashAt) {
    this.platter = platter;
    this.scheduler = scheduler;
    this.random = random;
    this.sabotage = sabotage;
    this.crashAt = crashAt;
  }

  /// The sync of a file with this number fails, counted from 1, and what was not synced in the file
  /// is lost with the power, whatever is synced later: so do real systems.
  void failSyncAt(long number) {
    failSyncAt = number;
  }

  /// Syncs of files so far.
  long syncs() {
    return syncs;
  }

  /// Operations that changed something so far.
  long operations() {
    return operations;
  }

  boolean isOff() {
    return off;
  }

  /// An operation that changes something: the power may fail just before or just after it takes
  /// effect.
  private <T extends @Nullable Object> Future<T> change(Supplier<T> effect) {
    return later(() -> {
      operations++;
      boolean last = operations == crashAt;
      if (last && random.nextBoolean()) {
        off = true;
        throw new PowerFailure();
      }
      T result = effect.get();
      if (last) {
        off = true;
        throw new PowerFailure();
      }
      return result;
    });
  }

  private <T extends @Nullable Object> Future<T> later(Supplier<T> effect) {
    Promise<T> promise = Promise.promise();
    if (off) {
      return promise.future();
    }
    scheduler.schedule(
        1_000 + random.nextInt(100_000),
        () -> {
          if (off) {
            return;
          }
          T result;
          try {
            result = effect.get();
          } catch (PgException e) {
            promise.fail(e);
            return;
          }
          promise.complete(result);
        });
    return promise.future();
  }

  @Override
  public Future<DiskFile> open(String path) {
    return later(() -> {
      SimPlatter.Inode inode = platter.find(path);
      if (inode == null) {
        throw PgException.error(
            SqlState.UNDEFINED_FILE, "could not open file \"%s\": No such file or directory", path);
      }
      return new Handle(path, inode);
    });
  }

  @Override
  public Future<DiskFile> create(String path) {
    return change(() -> new Handle(path, platter.create(path)));
  }

  @Override
  public Future<Boolean> exists(String path) {
    return later(() -> platter.find(path) != null);
  }

  @Override
  public Future<List<String>> list(String directory) {
    return later(() -> platter.list(directory));
  }

  @Override
  public Future<Void> createDirectory(String directory) {
    return change(() -> {
      platter.createDirectory(directory);
      return null;
    });
  }

  @Override
  public Future<Void> delete(String path) {
    return change(() -> {
      platter.delete(path);
      return null;
    });
  }

  @Override
  public Future<Void> rename(String from, String to) {
    return change(() -> {
      platter.rename(from, to);
      return null;
    });
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return change(() -> {
      if (sabotage != Sabotage.SKIP_DIRECTORY_SYNC) {
        platter.syncDirectory(directory);
      }
      return null;
    });
  }

  @Override
  public Disk dedicated() {
    return this;
  }

  @Override
  public Future<Void> abandon() {
    off = true;
    return Future.succeededFuture();
  }

  private final class Handle implements DiskFile {
    private final String path;
    private final SimPlatter.Inode inode;

    Handle(String path, SimPlatter.Inode inode) {
      this.path = path;
      this.inode = inode;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Future<Integer> read(MemorySegment into, long offset) {
      return later(() -> inode.read(into, offset));
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      return change(() -> {
        inode.write(from, offset);
        return null;
      });
    }

    @Override
    public Future<Void> sync() {
      return change(() -> {
        if (++syncs == failSyncAt) {
          inode.forgetUnsynced();
          throw PgException.error(
              SqlState.IO_ERROR, "could not fsync file \"%s\": Input/output error", path);
        }
        boolean wal = path.startsWith("pg_wal/");
        boolean skipped = sabotage == (wal ? Sabotage.SKIP_WAL_SYNC : Sabotage.SKIP_DATA_SYNC);
        if (!skipped) {
          inode.sync();
        }
        return null;
      });
    }

    @Override
    public Future<Long> size() {
      return later(() -> (long) inode.size());
    }

    @Override
    public Future<Void> truncate(long size) {
      return change(() -> {
        inode.truncate((int) size);
        return null;
      });
    }

    @Override
    public Future<Void> close() {
      return later(() -> null);
    }
  }

  static List<String> sorted(List<String> names) {
    List<String> copy = new ArrayList<>(names);
    copy.sort(null);
    return copy;
  }
}
