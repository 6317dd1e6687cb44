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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

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
  /// @param filesMax how many files to keep open: `max_files_per_process`
  /// @param wakeup brings the results back to the event loops
  public static FileDisk open(Path root, int filesMax, Wakeup wakeup) {
    ExecutorService data = Executors.newFixedThreadPool(DATA_THREADS, named("disk"));
    ExecutorService dedicated = Executors.newSingleThreadExecutor(named("wal"));
    Shared shared =
        new Shared(
            root, new OpenFiles(filesMax), data, dedicated, new AtomicInteger(), Promise.promise());
    return new FileDisk(shared, data, wakeup);
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name("lifeline-" + name + "-", 0).factory();
  }

  /// A piece of work without a result.
  private interface Effect {
    void run() throws IOException;
  }

  private Future<Void> submitEffect(String verb, String path, Effect effect) {
    return this.<Boolean>submit(
            verb,
            path,
            () -> {
              effect.run();
              return true;
            })
        .mapEmpty();
  }

  /// A piece of work for a thread of the disk.
  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> Future<T> submit(String verb, String path, Work<T> work) {
    Promise<T> promise = wakeup.promise();
    if (shared.inFlight.incrementAndGet() >= ABANDONED) {
      ended();
      promise.fail(PgException.fatal(SqlState.CRASH_SHUTDOWN, "the data directory is abandoned"));
      return promise.future();
    }
    threads.execute(() -> perform(verb, path, work, promise));
    return promise.future();
  }

  private <T> void perform(String verb, String path, Work<T> work, Promise<T> promise) {
    try {
      promise.complete(work.run());
    } catch (IOException e) {
      promise.fail(FileErrors.of(verb, path, e));
    } catch (RuntimeException | Error e) {
      promise.tryFail(e);
    } finally {
      ended();
    }
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
    return submitEffect(
        "create",
        directory,
        () -> {
          Files.createDirectories(resolve(directory), OpenFiles.DIRECTORY_MODE);
        });
  }

  @Override
  public Future<Void> delete(String path) {
    return submitEffect(
        "remove",
        path,
        () -> {
          Files.deleteIfExists(resolve(path));
        });
  }

  @Override
  public Future<Void> rename(String from, String to) {
    return submitEffect(
        "rename",
        from,
        () -> {
          Files.move(
              resolve(from),
              resolve(to),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        });
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return submitEffect(
        "fsync",
        directory,
        () -> {
          try (FileChannel channel =
              FileChannel.open(resolve(directory), StandardOpenOption.READ)) {
            channel.force(true);
          }
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
    public Future<Integer> read(MemorySegment into, long offset, IntConsumer look) {
      return submit(
          "read",
          path,
          () -> {
            int bytes = entry.read(into, offset);
            look.accept(bytes);
            return bytes;
          });
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      return submitEffect(
          "write to",
          path,
          () -> {
            entry.write(from, offset);
          });
    }

    @Override
    public Future<Void> sync() {
      return submitEffect(
          "fsync",
          path,
          () -> {
            entry.sync();
          });
    }

    @Override
    public Future<Long> size() {
      return submit("stat", path, entry::size);
    }

    @Override
    public Future<Void> truncate(long size) {
      return submitEffect(
          "truncate",
          path,
          () -> {
            entry.truncate(size);
          });
    }

    @Override
    public Future<Void> close() {
      return submitEffect(
          "close",
          path,
          () -> {
            shared.files.close(entry);
          });
    }
  }
}
