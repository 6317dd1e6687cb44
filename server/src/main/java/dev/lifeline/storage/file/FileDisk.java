package dev.lifeline.storage.file;

import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A [Disk] that is a directory of the file system. It has its own threads: a few for the data
/// files and one for [#dedicated()]. Files are closed behind the scenes when many are open.
public final class FileDisk implements Disk {
  private static final int DATA_THREADS = 4;

  private final Shared shared;
  private final ExecutorService threads;
  private final Wakeup wakeup;

  /// What the view for the data files and the dedicated one have in common.
  private record Shared(
      Path root,
      boolean fsync,
      OpenFiles files,
      ExecutorService dataThreads,
      ExecutorService dedicatedThread,
      AtomicInteger inFlight,
      Promise<Void> idle) {}

  /// Set in [Shared#inFlight] once the disk is abandoned.
  private static final int ABANDONED = 1 << 30;

  private FileDisk(Shared shared, ExecutorService threads, Wakeup wakeup) {
    this.shared = shared;
    this.threads = threads;
    this.wakeup = wakeup;
  }

  /// Opens a data directory.
  ///
  /// @param fsync false for data that may be lost: nothing is ever synced
  /// @param filesMax how many files to keep open: `max_files_per_process`
  /// @param wakeup brings the results back to the event loops
  public static FileDisk open(Path root, boolean fsync, int filesMax, Wakeup wakeup) {
    ExecutorService data = Executors.newFixedThreadPool(DATA_THREADS, named("disk"));
    ExecutorService dedicated = Executors.newSingleThreadExecutor(named("wal"));
    Shared shared =
        new Shared(
            root,
            fsync,
            new OpenFiles(filesMax),
            data,
            dedicated,
            new AtomicInteger(),
            Promise.promise());
    return new FileDisk(shared, data, wakeup);
  }

  private static java.util.concurrent.ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name("lifeline-" + name + "-", 0).factory();
  }

  /// A piece of work for a thread of the disk.
  private interface Work<T extends @Nullable Object> {
    T run() throws IOException;
  }

  private <T extends @Nullable Object> Future<T> submit(String verb, String path, Work<T> work) {
    Promise<T> promise = wakeup.promise();
    if (shared.inFlight.incrementAndGet() >= ABANDONED) {
      ended();
      promise.fail(PgException.fatal(SqlState.CRASH_SHUTDOWN, "the data directory is abandoned"));
      return promise.future();
    }
    threads.execute(() -> perform(verb, path, work, promise));
    return promise.future();
  }

  private <T extends @Nullable Object> void perform(
      String verb, String path, Work<T> work, Promise<T> promise) {
    T result;
    try {
      result = work.run();
    } catch (IOException e) {
      ended();
      promise.fail(FileErrors.of(verb, path, e));
      return;
    } catch (RuntimeException | Error e) {
      ended();
      promise.fail(e);
      return;
    }
    ended();
    promise.complete(result);
  }

  private void ended() {
    if (shared.inFlight.decrementAndGet() == ABANDONED) {
      close();
    }
  }

  private void close() {
    if (shared.idle.tryComplete()) {
      shared.files.closeAll();
      shared.dataThreads.shutdown();
      shared.dedicatedThread.shutdown();
    }
  }

  private Path resolve(String path) {
    return shared.root.resolve(path);
  }

  @Override
  public Future<DiskFile> open(String path) {
    return submit("open", path, () -> opened(path, false));
  }

  @Override
  public Future<DiskFile> create(String path) {
    return submit("create", path, () -> opened(path, true));
  }

  private DiskFile opened(String path, boolean create) throws IOException {
    OpenFiles.Entry entry = shared.files.entry(resolve(path));
    entry.open(create);
    return new Handle(path, entry);
  }

  @Override
  public Future<Boolean> exists(String path) {
    return submit("stat", path, () -> Files.exists(resolve(path)));
  }

  @Override
  public Future<List<String>> list(String directory) {
    return submit(
        "read",
        directory,
        () -> {
          List<String> names = new ArrayList<>();
          try (DirectoryStream<Path> stream = Files.newDirectoryStream(resolve(directory))) {
            stream.forEach(entry -> names.add(entry.getFileName().toString()));
          } catch (NoSuchFileException e) {
            return names;
          }
          names.sort(null);
          return names;
        });
  }

  @Override
  public Future<Void> createDirectory(String directory) {
    return submit(
        "create",
        directory,
        () -> {
          Files.createDirectories(resolve(directory), OpenFiles.DIRECTORY_MODE);
          return null;
        });
  }

  @Override
  public Future<Void> delete(String path) {
    return submit(
        "remove",
        path,
        () -> {
          Files.deleteIfExists(resolve(path));
          return null;
        });
  }

  @Override
  public Future<Void> rename(String from, String to) {
    return submit(
        "rename",
        from,
        () -> {
          Files.move(
              resolve(from),
              resolve(to),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
          return null;
        });
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return submit(
        "fsync",
        directory,
        () -> {
          if (shared.fsync) {
            try (FileChannel channel =
                FileChannel.open(resolve(directory), StandardOpenOption.READ)) {
              channel.force(true);
            }
          }
          return null;
        });
  }

  @Override
  public Disk dedicated() {
    return new FileDisk(shared, shared.dedicatedThread, Wakeup.direct());
  }

  @Override
  public Future<Void> abandon() {
    int before = shared.inFlight.getAndUpdate(n -> n | ABANDONED);
    if (before == 0) {
      close();
    }
    Promise<Void> promise = wakeup.promise();
    shared.idle.future().onComplete(promise);
    return promise.future();
  }

  /// A file as its users hold it.
  private final class Handle implements DiskFile {
    private final String path;
    private final OpenFiles.Entry entry;

    Handle(String path, OpenFiles.Entry entry) {
      this.path = path;
      this.entry = entry;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Future<Integer> read(MemorySegment into, long offset) {
      return submit("read", path, () -> entry.read(into, offset));
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      return submit(
          "write",
          path,
          () -> {
            entry.write(from, offset);
            return null;
          });
    }

    @Override
    public Future<Void> sync() {
      return submit(
          "fsync",
          path,
          () -> {
            if (shared.fsync) {
              entry.sync();
            }
            return null;
          });
    }

    @Override
    public Future<Long> size() {
      return submit("stat", path, entry::size);
    }

    @Override
    public Future<Void> truncate(long size) {
      return submit(
          "truncate",
          path,
          () -> {
            entry.truncate(size);
            return null;
          });
    }

    @Override
    public Future<Void> close() {
      return submit(
          "close",
          path,
          () -> {
            shared.files.close(entry);
            return null;
          });
    }
  }
}
