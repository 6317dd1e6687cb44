package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// The segment files of `pg_wal`. A segment is complete in its size and durable under its name
/// before the first byte of WAL goes into it, so that a flush is one overwrite and one fdatasync.
/// Guard: `this` for the table of open segments.
final class WalFiles {
  static final String DIRECTORY = "pg_wal";

  private static final int ZEROS_SIZE = 1 << 20;
  private static final MemorySegment ZEROS = Arena.global().allocate(ZEROS_SIZE, 4096);

  private final Disk disk;
  private final Disk maker;
  private final int timeline;
  private final int segmentSize;
  private final boolean archiveMode;
  private final BooleanSupplier initZero;
  private final Map<Long, Future<DiskFile>> open = new HashMap<>();
  private int created;

  /// @param disk for writing; new segments are filled with zeros on another thread
  /// @param initZero whether new segments are filled, or only made as long as they are to be
  WalFiles(
      Disk disk,
      Disk maker,
      int timeline,
      int segmentSize,
      boolean archiveMode,
      BooleanSupplier initZero) {
    this.initZero = initZero;
    this.disk = disk;
    this.maker = maker;
    this.timeline = timeline;
    this.segmentSize = segmentSize;
    this.archiveMode = archiveMode;
  }

  /// So many bytes of nothing, or as many as there are in one piece.
  static MemorySegment zeros(long bytes) {
    return ZEROS.asSlice(0, Math.min(bytes, ZEROS_SIZE));
  }

  int timeline() {
    return timeline;
  }

  int segmentSize() {
    return segmentSize;
  }

  String name(long lsn) {
    return WalFormat.segmentName(timeline, lsn, segmentSize);
  }

  private String path(long lsn) {
    return DIRECTORY + "/" + name(lsn);
  }

  /// The segment that a position is in, made when it is missing. Several may ask at the same time.
  Future<DiskFile> segment(long lsn) {
    long number = lsn / segmentSize;
    synchronized (this) {
      Future<DiskFile> file = open.get(number);
      if (file == null || file.failed()) {
        String path = path(lsn);
        file = disk.exists(path).compose(exists -> exists ? disk.open(path) : make(path, number));
        open.put(number, file);
      }
      return file;
    }
  }

  private Future<DiskFile> make(String path, long number) {
    String temporary = DIRECTORY + "/xlogtemp." + number;
    return maker
        .create(temporary)
        .compose(file ->
            (initZero.getAsBoolean()
                    ? fill(file, 0)
                    : file.write(ZEROS.asSlice(0, 1), segmentSize - 1L))
                .compose(ignored -> file.sync())
                .compose(ignored -> file.close())
                .compose(ignored -> maker.rename(temporary, path))
                .compose(ignored -> maker.syncDirectory(DIRECTORY)))
        .compose(ignored -> {
          synchronized (this) {
            created++;
          }
          return disk.open(path);
        });
  }

  private Future<Void> fill(DiskFile file, int from) {
    if (from >= segmentSize) {
      return Future.succeededFuture();
    }
    int bytes = Math.min(ZEROS_SIZE, segmentSize - from);
    return file.write(ZEROS.asSlice(0, bytes), from).compose(ignored -> fill(file, from + bytes));
  }

  /// Nothing is written any more to the segment that ends here.
  Future<Void> finished(long endLsn) {
    long last = endLsn - 1;
    Future<DiskFile> file;
    synchronized (this) {
      file = open.remove(last / segmentSize);
    }
    Future<Void> closed =
        file != null && file.succeeded() ? file.result().close() : Future.succeededFuture();
    if (!archiveMode) {
      return closed;
    }
    return closed.compose(ignored -> notifyArchiver(name(last)));
  }

  /// Marks a file of `pg_wal` for the archiver, where there is one.
  Future<Void> notifyArchiver(String name) {
    return archiveMode
        ? disk.create(statusPath(name, ".ready")).compose(DiskFile::close)
        : Future.succeededFuture();
  }

  boolean isArchiving() {
    return archiveMode;
  }

  /// Whether the archiver has yet to do with a file: it is not done, and the file is still there.
  Future<Boolean> isArchiveBusy(String name) {
    return disk.exists(statusPath(name, ".done"))
        .compose(done ->
            done
                ? Future.succeededFuture(false)
                : disk.exists(statusPath(name, ".ready"))
                    .compose(ready ->
                        ready
                            ? Future.succeededFuture(true)
                            : disk.exists(DIRECTORY + "/" + name)));
  }

  static String statusPath(String segment, String suffix) {
    return DIRECTORY + "/archive_status/" + segment + suffix;
  }

  /// The segments that are there, by name: that is, in order.
  Future<List<String>> list() {
    return disk.list(DIRECTORY)
        .map(names ->
            names.stream().filter(n -> WalFormat.segmentStart(n, segmentSize) >= 0).toList());
  }

  /// How many segments were made since the last call.
  synchronized int takeCreated() {
    int n = created;
    created = 0;
    return n;
  }

  /// Whether the archiver is done with a segment, or nobody archives. One that it was never told
  /// of, because the server died in between, it is told of now.
  Future<Boolean> archived(String segment) {
    if (!archiveMode) {
      return Future.succeededFuture(true);
    }
    return disk.exists(statusPath(segment, ".done"))
        .compose(done ->
            done
                ? Future.succeededFuture(true)
                : disk.create(statusPath(segment, ".ready")).compose(DiskFile::close).map(false));
  }

  Future<Void> forgetStatus(String segment) {
    return archiveMode ? disk.delete(statusPath(segment, ".done")) : Future.succeededFuture();
  }

  /// Gives an old segment the name of a future one, unless that is there or being made.
  ///
  /// @return false when the name is taken
  Future<Boolean> recycle(String segment, long futureLsn) {
    long number = futureLsn / segmentSize;
    String path = path(futureLsn);
    Future<DiskFile> file;
    synchronized (this) {
      if (open.containsKey(number)) {
        return Future.succeededFuture(false);
      }
      file =
          maker
              .exists(path)
              .compose(exists ->
                  exists
                      ? Future.<Void>failedFuture("taken")
                      : maker.rename(DIRECTORY + "/" + segment, path))
              .compose(ignored -> disk.open(path));
      open.put(number, file);
    }
    return file.transform(result -> {
      if (result.succeeded()) {
        return Future.succeededFuture(true);
      }
      return "taken".equals(result.cause().getMessage())
          ? Future.succeededFuture(false)
          : Future.failedFuture(result.cause());
    });
  }

  Future<Void> remove(String segment) {
    return disk.delete(DIRECTORY + "/" + segment);
  }

  Future<Void> syncDirectory() {
    return disk.syncDirectory(DIRECTORY);
  }

  /// Syncs every segment: what an earlier life of the server wrote may be in the system's cache
  /// only, and must not vanish after it was repeated.
  Future<Void> syncAll() {
    return list()
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            done = done.compose(ignored -> syncOne(DIRECTORY + "/" + name));
          }
          return done.compose(ignored -> syncDirectory());
        });
  }

  private Future<Void> syncOne(String path) {
    return disk.open(path).compose(file -> file.sync().compose(ignored -> file.close()));
  }
}
