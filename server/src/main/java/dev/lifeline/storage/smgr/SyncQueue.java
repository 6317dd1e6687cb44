package dev.lifeline.storage.smgr;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files and directories that were written since the last checkpoint and must be on the disk
/// before the next one is complete. An entry is made before its write is over, and the checkpoint
/// takes the entries when its writes are over: so none is missed. Guard: `this`.
public final class SyncQueue {
  private final Disk disk;
  private final Clock clock;
  private Map<String, DiskFile> files = new LinkedHashMap<>();
  private Set<String> directories = new LinkedHashSet<>();

  /// What was deleted since the last run took its entries: that it cannot find it is no failure.
  private final Set<String> forgotten = new HashSet<>();

  public SyncQueue(Disk disk, Clock clock) {
    this.disk = disk;
    this.clock = clock;
  }

  /// What a checkpoint logs of its syncs.
  ///
  /// @param files that were synced, directories not counted
  public record Report(int files, long longestNanos, long totalNanos) {}

  public synchronized void add(DiskFile file) {
    files.put(file.path(), file);
  }

  public synchronized void addDirectory(String directory) {
    directories.add(directory);
  }

  /// The file is deleted or about to be.
  public synchronized void forget(String path) {
    files.remove(path);
    forgotten.add(path);
  }

  /// As [#forget], for a directory.
  public synchronized void forgetDirectory(String directory) {
    directories.remove(directory);
    forgotten.add(directory);
  }

  private synchronized boolean isForgotten(String path) {
    return forgotten.contains(path);
  }

  /// Syncs what was added before the call. It fails with a PANIC: after a failed sync the kernel
  /// may have thrown the data away, and a second sync would succeed without them.
  public Future<Report> sync() {
    List<DiskFile> taken;
    List<String> takenDirectories;
    synchronized (this) {
      taken = new ArrayList<>(files.values());
      takenDirectories = new ArrayList<>(directories);
      files = new LinkedHashMap<>();
      directories = new LinkedHashSet<>();
      forgotten.clear();
    }
    return new Run(taken, takenDirectories).run();
  }

  private final class Run {
    private final List<DiskFile> todo;
    private final List<String> todoDirectories;
    private int done;
    private long longestNanos;
    private long totalNanos;
    private final Promise<Report> result = Promise.promise();

    Run(List<DiskFile> todo, List<String> todoDirectories) {
      this.todo = todo;
      this.todoDirectories = todoDirectories;
    }

    /// One after the other, each from an empty stack: there may be thousands.
    Future<Report> run() {
      next();
      return result.future();
    }

    private void next() {
      while (done < todo.size() + todoDirectories.size()) {
        long begun = clock.nanoTime();
        boolean isFile = done < todo.size();
        String path = isFile ? todo.get(done).path() : todoDirectories.get(done - todo.size());
        Future<Void> synced = isFile ? todo.get(done).sync() : disk.syncDirectory(path);
        done++;
        if (!synced.isComplete()) {
          synced.onComplete(over -> {
            if (settle(path, over.cause(), isFile, begun)) {
              next();
            }
          });
          return;
        }
        if (!settle(path, synced.cause(), isFile, begun)) {
          return;
        }
      }
      result.complete(new Report(todo.size(), longestNanos, totalNanos));
    }

    private boolean settle(String path, @Nullable Throwable failure, boolean isFile, long begun) {
      if (failure != null && !isGone(path, failure)) {
        result.fail(panic(failure));
        return false;
      }
      if (isFile) {
        long nanos = clock.nanoTime() - begun;
        longestNanos = Math.max(longestNanos, nanos);
        totalNanos += nanos;
      }
      return true;
    }
  }

  /// Deleted while it waited for its turn: PostgreSQL's checkpointer finds the same.
  private boolean isGone(String path, Throwable failure) {
    return failure instanceof PgException e
        && e.sqlState() == SqlState.UNDEFINED_FILE
        && isForgotten(path);
  }

  private static PgException panic(Throwable failure) {
    return failure instanceof PgException e
        ? PgException.panic(e.sqlState(), "%s", e.message())
        : PgException.panic(SqlState.IO_ERROR, "could not fsync: %s", failure);
  }
}
