package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// An `archive_command`, and what it has made: it copies a segment to a directory on the same disk,
/// makes it durable, and gives it its name last. It is slow, it fails, it is killed in the middle;
/// a segment that it has already it takes again only if it is the same.
final class SimArchive {
  static final String COMMAND = "archive %p %f";

  private static final String DIRECTORY = "archive";
  private static final long SLOW_NANOS_MAX = 2_000_000_000L;

  private final SimScheduler scheduler;
  private final Random random;
  private final Trace trace;
  private final List<String> overwritten = new ArrayList<>();

  SimArchive(SimScheduler scheduler, Random random, Trace trace) {
    this.scheduler = scheduler;
    this.random = random;
    this.trace = trace;
  }

  /// Runs the command.
  ///
  /// @param disk as the life sees it
  /// @return the exit code
  Future<Integer> run(String command, Disk disk) {
    String[] words = command.split(" ", -1);
    Worker.check(words.length == 3 && words[0].equals("archive"), "command %s", command);
    if (random.nextInt(8) == 0) {
      trace.tell(() -> command + " fails");
      return Future.succeededFuture(1);
    }
    return pause()
        .compose(begun -> archive(disk, words[1], words[2]))
        .map(0)
        .recover(e -> {
          if (e instanceof PgException) {
            trace.tell(() -> command + ": " + e.getMessage());
            return Future.succeededFuture(1);
          }
          return Future.failedFuture(e);
        });
  }

  private Future<Void> pause() {
    Promise<Void> over = Promise.promise();
    long nanos = random.nextInt(10) == 0 ? SLOW_NANOS_MAX : 5_000_000;
    scheduler.schedule(1 + random.nextLong(nanos), over::complete);
    return over.future();
  }

  private Future<Void> archive(Disk disk, String path, String name) {
    String target = DIRECTORY + "/" + name;
    return disk.exists(target)
        .compose(exists ->
            exists ? compare(disk, path, target) : copy(disk, path, target, target + ".part"));
  }

  /// A crash came after the archiving and before the server knew of it.
  private Future<Void> compare(Disk disk, String path, String target) {
    return content(disk, path)
        .compose(now ->
            content(disk, target)
                .map(then -> {
                  if (now.mismatch(then) >= 0) {
                    overwritten.add(target);
                  }
                  return null;
                }));
  }

  private static Future<MemorySegment> content(Disk disk, String path) {
    return disk.open(path)
        .compose(file -> file.size().compose(size -> content(file, size)).eventually(file::close));
  }

  private static Future<MemorySegment> content(DiskFile file, long size) {
    MemorySegment content = Arena.ofAuto().allocate(size, 8);
    return file.read(content, 0).map(content);
  }

  private static Future<Void> copy(Disk disk, String path, String target, String part) {
    return content(disk, path)
        .compose(content ->
            disk.create(part)
                .compose(file ->
                    file.truncate(0)
                        .compose(empty -> file.write(content, 0))
                        .compose(written -> file.sync())
                        .eventually(file::close)))
        .compose(done -> disk.rename(part, target))
        .compose(done -> disk.syncDirectory(DIRECTORY));
  }

  /// What is wrong, null: nothing. The archive begins with the first segment that was there when
  /// archiving began, has no hole, each is whole, and `pg_wal` goes on where it ends.
  ///
  /// @param first the number of the first segment that there was when archiving began
  @Nullable String fault(SimPlatter platter, int segmentSize, long first) {
    if (!overwritten.isEmpty()) {
      return "segments that were archived have changed afterwards: " + overwritten;
    }
    long next = first;
    for (String name : platter.list(DIRECTORY)) {
      if (name.endsWith(".part")) {
        continue;
      }
      long number = number(name);
      if (number != next) {
        return "the archive has segment %d, and not %d".formatted(number, next);
      }
      if (platter.size(DIRECTORY + "/" + name) != segmentSize) {
        return "the archive has a part of segment %d only".formatted(number);
      }
      next++;
    }
    long kept = firstSegment(platter);
    return kept > next
        ? "pg_wal begins with segment %d, the archive ends before %d".formatted(kept, next)
        : null;
  }

  /// The number of the first segment in `pg_wal`.
  static long firstSegment(SimPlatter platter) {
    return platter.list("pg_wal").stream()
        .filter(name -> name.length() == 24)
        .mapToLong(SimArchive::number)
        .min()
        .orElseThrow(() -> new AssertionError("pg_wal is empty"));
  }

  private static long number(String name) {
    return Long.parseLong(name.substring(8), 16);
  }
}
