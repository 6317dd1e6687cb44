package dev.lifeline.access.transam;

import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.events.Subject;
import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/// The archive as recovery sees it: `restore_command` brings a file back into `pg_wal`.
///
/// A command that fails says that there is no such file, which is how recovery finds the end of the
/// archive. One that was killed, or does not exist, says nothing: recovery must not end as if that
/// were the end.
final class WalArchive {
  /// Where the command puts a segment; it gets its own name when it is whole.
  private static final String SEGMENT = "RECOVERYXLOG";

  private static final String HISTORY = "RECOVERYHISTORY";

  private final Disk disk;
  private final EngineEnvironment environment;
  private final RecoveryConfig config;
  private final int segmentSize;
  private final Subject subject;
  private final RecoveryListener listener;
  private final Supplier<String> oldestNeeded;

  /// @param oldestNeeded the segment that the next recovery would begin with (`%r`)
  WalArchive(
      Disk disk,
      EngineEnvironment environment,
      RecoveryConfig config,
      int segmentSize,
      Subject subject,
      RecoveryListener listener,
      Supplier<String> oldestNeeded) {
    this.disk = disk;
    this.environment = environment;
    this.config = config;
    this.segmentSize = segmentSize;
    this.subject = subject;
    this.listener = listener;
    this.oldestNeeded = oldestNeeded;
  }

  /// Brings a segment back under its name, and marks it as archived.
  ///
  /// @return false where the archive has none
  Future<Boolean> restoreSegment(String name) {
    return restore(name, SEGMENT, segmentSize)
        .compose(restored -> restored ? keep(name, SEGMENT) : Future.succeededFuture(false));
  }

  /// A timeline's history, from the archive or from `pg_wal`.
  Future<Optional<String>> history(int timeline, boolean fromArchive) {
    String name = TimelineHistory.fileName(timeline);
    Future<Boolean> restored =
        fromArchive
            ? restore(name, HISTORY, 0)
                .compose(done -> done ? keep(name, HISTORY) : Future.succeededFuture(false))
            : Future.succeededFuture(false);
    return restored.compose(ignored -> text(disk, path(name)));
  }

  private static String path(String name) {
    return WalFiles.DIRECTORY + "/" + name;
  }

  /// The content of a small file; empty where there is none.
  static Future<Optional<String>> text(Disk disk, String path) {
    return WalSegments.openIfThere(disk, path)
        .compose(found ->
            found.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : text(found.get()).map(Optional::of));
  }

  private static Future<String> text(DiskFile file) {
    return file.size()
        .compose(size -> {
          MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, size), 8);
          return file.read(memory, 0)
              .map(bytes ->
                  new String(
                      memory.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE),
                      StandardCharsets.UTF_8));
        })
        .eventually(file::close);
  }

  private Future<Boolean> restore(String name, String as, int size) {
    String command = config.commands().get().restore();
    if (command.isEmpty()) {
      return Future.succeededFuture(false);
    }
    long began = environment.clock().nanoTime();
    String line = substitute(command, name, path(as));
    return disk.delete(path(as))
        .compose(ignored -> config.shell().apply(line))
        .compose(code -> code == 0 ? check(name, as, size) : failed(name, code))
        .onSuccess(restored -> {
          if (restored) {
            double ms = (environment.clock().nanoTime() - began) / 1e6;
            listener.report(PgException.log("restored log file \"" + name + "\" from archive"));
            environment.emitter().emit(subject, new WalEvent.SegmentRestored(name, ms));
          }
        });
  }

  private Future<Boolean> check(String name, String as, int expected) {
    return WalSegments.openIfThere(disk, path(as))
        .compose(found -> {
          if (found.isEmpty()) {
            listener.report(
                PgException.log(
                        "could not stat file \"" + path(as) + "\": No such file or directory")
                    .detail("restore_command returned a zero exit status, but stat() failed."));
            return Future.succeededFuture(false);
          }
          DiskFile file = found.get();
          return file.size()
              .compose(size ->
                  expected > 0 && size != expected
                      ? Future.failedFuture(
                          PgException.fatal(
                              SqlState.INTERNAL_ERROR,
                              "archive file \"%s\" has wrong size: %d instead of %d",
                              name,
                              size,
                              expected))
                      : file.sync().map(true))
              .eventually(file::close);
        });
  }

  private static Future<Boolean> failed(String name, int code) {
    if (ShellResult.isTerminated(code)) {
      return Future.failedFuture(new RecoveryEnded(RecoveryEnded.TERMINATED));
    }
    if (ShellResult.isFatal(code)) {
      return Future.failedFuture(
          PgException.fatal(
              SqlState.INTERNAL_ERROR,
              "could not restore file \"%s\" from archive: %s",
              name,
              ShellResult.words(code)));
    }
    return Future.succeededFuture(false);
  }

  private Future<Boolean> keep(String name, String as) {
    String done = WalFiles.statusPath(name, ".done");
    return disk.rename(path(as), path(name))
        .compose(ignored -> disk.syncDirectory(WalFiles.DIRECTORY))
        .compose(ignored -> disk.delete(WalFiles.statusPath(name, ".ready")))
        .compose(ignored -> disk.createDirectory(WalFiles.DIRECTORY + "/archive_status"))
        .compose(ignored -> disk.create(done))
        .compose(DiskFile::close)
        .map(true);
  }

  /// `recovery_end_command` or `archive_cleanup_command`: a failure is told, and no more.
  ///
  /// @param failOnSignal whether one that was killed, or does not exist, is more than a warning
  Future<Void> run(String command, String name, boolean failOnSignal) {
    if (command.isEmpty()) {
      return Future.succeededFuture();
    }
    return config
        .shell()
        .apply(substitute(command, "", ""))
        .compose(code -> {
          if (code == 0) {
            return Future.succeededFuture();
          }
          String message = "%s \"%s\": %s".formatted(name, command, ShellResult.words(code));
          if (failOnSignal && ShellResult.isFatal(code)) {
            return Future.failedFuture(PgException.fatal(SqlState.INTERNAL_ERROR, "%s", message));
          }
          listener.report(new PgException(Severity.WARNING, SqlState.WARNING, message));
          return Future.succeededFuture();
        });
  }

  /// `%f` is the file's name, `%p` where it is to go, `%r` the oldest segment that is still needed.
  private String substitute(String command, String name, String path) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < command.length()) {
      char c = command.charAt(at++);
      char escape = c == '%' && at < command.length() ? command.charAt(at) : 0;
      switch (escape) {
        case 'f' -> out.append(name);
        case 'p' -> out.append(path);
        case 'r' -> out.append(oldestNeeded.get());
        case '%' -> out.append('%');
        default -> {
          out.append(c);
          continue;
        }
      }
      at++;
    }
    return out.toString();
  }
}
