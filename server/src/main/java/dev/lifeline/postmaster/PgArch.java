package dev.lifeline.postmaster;

import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/// Copies finished WAL segments to the archive, by `archive_command`, oldest first.
///
/// Forked by the postmaster where `archive_mode` is on. A segment waits as
/// `pg_wal/archive_status/<segment>.ready`, which becomes `.done` when the command has said that it
/// is safe (exit code 0): a crash between the two archives it once more, which the command has to
/// bear, as PostgreSQL's. It never gives up: a failing command is tried again every minute, and the
/// segment stays. SIGUSR2 lets it archive what is left before it ends.
final class PgArch extends AuxiliaryProcess {
  private static final String STATUS = "pg_wal/archive_status";
  private static final String READY = ".ready";

  /// How often it looks when nothing is said to it.
  private static final long NAPTIME_MS = 1_000;

  /// How long it waits after so many failures in a row.
  private static final long RETRY_MS = 60_000;

  private static final int RETRIES = 3;

  private final Disk disk;
  private final Function<String, Future<Integer>> shell;
  private int failures;

  /// The `archive_library` that the log was told of.
  private String refused = "";

  /// @param shell runs a command in the data directory and tells its exit code
  PgArch(ProcessEnvironment env, Disk disk, Function<String, Future<Integer>> shell) {
    super(env);
    this.disk = disk;
    this.shell = shell;
  }

  /// What is not there is refused by its name, and never taken for another way to archive.
  static void checkLibrary(String library) {
    if (!library.isEmpty()) {
      throw PgException.notSupported("archive modules (archive_library)")
          .hint("Use archive_command.");
    }
  }

  @Override
  protected Future<Void> work() {
    String library = env.get(Gucs.ARCHIVE_LIBRARY);
    if (!library.isEmpty()) {
      refuse(library);
      return Future.succeededFuture();
    }
    refused = "";
    String command = env.get(Gucs.ARCHIVE_COMMAND);
    return command.isEmpty()
        ? Future.succeededFuture()
        : disk.list(STATUS).compose(names -> archive(command, names));
  }

  /// A reload has set it: segments stay until it is gone again.
  private void refuse(String library) {
    if (!library.equals(refused)) {
      refused = library;
      try {
        checkLibrary(library);
      } catch (PgException e) {
        env.report(e);
      }
    }
  }

  @Override
  protected Future<Void> finish() {
    return failures > 0 ? Future.succeededFuture() : work();
  }

  @Override
  protected long naptimeMs() {
    return failures >= RETRIES ? RETRY_MS : NAPTIME_MS;
  }

  private Future<Void> archive(String command, List<String> names) {
    Future<Boolean> going = Future.succeededFuture(true);
    for (String name : names) {
      if (name.endsWith(READY)) {
        String segment = name.substring(0, name.length() - READY.length());
        going =
            going.compose(on -> on ? archiveOne(command, segment) : Future.succeededFuture(false));
      }
    }
    return going.mapEmpty();
  }

  /// @return whether to go on with the next one
  private Future<Boolean> archiveOne(String command, String segment) {
    String line = substitute(command, segment);
    long began = env.clock().nanoTime();
    return shell
        .apply(line)
        .compose(code -> {
          if (code != 0) {
            failed(segment, line, code, (env.clock().nanoTime() - began) / 1e6);
            return Future.succeededFuture(false);
          }
          failures = 0;
          return disk.rename(STATUS + "/" + segment + READY, STATUS + "/" + segment + ".done")
              .compose(done -> disk.syncDirectory(STATUS))
              .map(done -> {
                double ms = (env.clock().nanoTime() - began) / 1e6;
                env.sharedMemory().counters().archiver.archived(segment, env.clock().epochMicros());
                env.emit(new WalEvent.SegmentArchived(segment, ms));
                return true;
              });
        });
  }

  private void failed(String segment, String line, int code, double elapsedMs) {
    failures++;
    String reason = "archive command failed with exit code " + code;
    env.sharedMemory().counters().archiver.failed(segment, env.clock().epochMicros());
    env.emit(new WalEvent.ArchiveFailed(segment, code, reason, elapsedMs));
    env.report(PgException.log(reason).detail("The failed archive command was: %s", line));
    if (failures == RETRIES) {
      env.report(
          new PgException(
              Severity.WARNING,
              SqlState.WARNING,
              "archiving write-ahead log file \""
                  + segment
                  + "\" failed too many times, will try again later"));
    }
  }

  /// %p is the segment's path, %f its name, %% a percent sign.
  static String substitute(String command, String segment) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < command.length()) {
      char c = command.charAt(at++);
      char escape = c == '%' && at < command.length() ? command.charAt(at) : 0;
      switch (escape) {
        case 'p' -> out.append("pg_wal/").append(segment);
        case 'f' -> out.append(segment);
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
