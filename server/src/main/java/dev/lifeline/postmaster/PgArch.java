package dev.lifeline.postmaster;

import dev.lifeline.access.transam.ShellResult;
import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Copies finished WAL segments to the archive, by `archive_command`: histories of timelines first,
/// then segments, oldest first.
///
/// Forked by the postmaster where `archive_mode` is on. A segment waits as
/// `pg_wal/archive_status/<segment>.ready`, which becomes `.done` when the command has said that it
/// is safe (exit code 0): a crash between the two archives it once more, which the command has to
/// bear, as PostgreSQL's. It never gives up, and the segment stays: a command that has failed is
/// tried again a second later, and after three times when the next segment is finished, when the
/// configuration was read again, or a minute later. A command that is none, or was killed, ends the
/// archiver with code 1, and the postmaster forks another one. SIGUSR2 lets it archive what is left
/// before it ends.
final class PgArch extends AuxiliaryProcess {
  private static final String SEGMENTS = "pg_wal/";
  private static final String STATUS = "pg_wal/archive_status";
  private static final String READY = ".ready";
  private static final String HISTORY = ".history";

  /// How often it looks when nothing is said to it.
  private static final long NAPTIME_MS = 1_000;

  private static final long SECOND_NANOS = 1_000_000_000;

  /// How long it waits after so many failures in a row, if nothing happens.
  private static final long GIVEN_UP_NANOS = 60 * SECOND_NANOS;

  private static final int TRIES = 3;

  private final Disk disk;
  private final Function<String, Future<Integer>> shell;

  /// What waited when it looked last.
  private Set<String> known = Set.of();

  /// Until when it tries nothing if nothing happens, because it has failed too often; null where it
  /// has not.
  private @Nullable Long givenUpUntil;

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
  public void signal(ProcessSignal signal) {
    if (signal == ProcessSignal.SIGHUP) {
      givenUpUntil = null;
    }
    super.signal(signal);
  }

  @Override
  protected Future<Void> work() {
    String library = env.get(Gucs.ARCHIVE_LIBRARY);
    if (!library.isEmpty()) {
      refuse(library);
      return Future.succeededFuture();
    }
    refused = "";
    return disk.list(STATUS).compose(this::archive);
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
    givenUpUntil = null;
    return work();
  }

  @Override
  protected long naptimeMs() {
    return NAPTIME_MS;
  }

  private Future<Void> archive(List<String> names) {
    List<String> waiting =
        names.stream()
            .filter(name -> name.endsWith(READY))
            .map(name -> name.substring(0, name.length() - READY.length()))
            .sorted(
                Comparator.comparing((String name) -> !name.endsWith(HISTORY))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    boolean news = !known.containsAll(waiting);
    known = Set.copyOf(waiting);
    Long until = givenUpUntil;
    if (until != null && !news && env.clock().nanoTime() - until < 0) {
      return Future.succeededFuture();
    }
    givenUpUntil = null;
    Iterator<String> rest = waiting.iterator();
    return AsyncLoop.whileTrue(() ->
        !rest.hasNext() || givenUpUntil != null || ended().isComplete()
            ? Future.succeededFuture(false)
            : archive(rest.next()).map(true));
  }

  private void giveUp() {
    givenUpUntil = env.clock().nanoTime() + GIVEN_UP_NANOS;
  }

  private void warn(String message) {
    env.report(new PgException(Severity.WARNING, SqlState.WARNING, message));
  }

  private Future<Void> archive(String segment) {
    if (env.get(Gucs.ARCHIVE_COMMAND).isEmpty()) {
      warn("archive_mode enabled, yet archiving is not configured");
      giveUp();
      return Future.succeededFuture();
    }
    return disk.exists(SEGMENTS + segment)
        .compose(exists -> exists ? tryAll(segment) : removeOrphan(segment));
  }

  /// A crash came after the segment was removed, and before its status was.
  private Future<Void> removeOrphan(String segment) {
    String path = STATUS + "/" + segment + READY;
    return disk.delete(path)
        .onSuccess(done -> warn("removed orphan archive status file \"" + path + "\""));
  }

  private Future<Void> tryAll(String segment) {
    int[] failures = {0};
    return AsyncLoop.whileTrue(() -> {
      if (ended().isComplete()) {
        return Future.succeededFuture(false);
      }
      return tryOnce(segment)
          .compose(done -> {
            if (done) {
              return Future.succeededFuture(false);
            }
            if (++failures[0] >= TRIES) {
              warn(
                  "archiving write-ahead log file \""
                      + segment
                      + "\" failed too many times, will try again later");
              giveUp();
              return Future.succeededFuture(false);
            }
            Promise<Boolean> slept = Promise.promise();
            env.timers().schedule(SECOND_NANOS, () -> slept.complete(true));
            return slept.future();
          });
    });
  }

  /// @return whether the archive has it
  private Future<Boolean> tryOnce(String segment) {
    String line = substitute(env.get(Gucs.ARCHIVE_COMMAND), segment);
    long began = env.clock().nanoTime();
    return shell
        .apply(line)
        .compose(code -> {
          if (code != 0) {
            failed(segment, line, code, (env.clock().nanoTime() - began) / 1e6);
            return Future.succeededFuture(false);
          }
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
    String signal = ShellResult.signal(code);
    String reason =
        signal == null
            ? "archive command failed with exit code " + code
            : "archive command was terminated by signal " + signal;
    env.sharedMemory().counters().archiver.failed(segment, env.clock().epochMicros());
    env.emit(new WalEvent.ArchiveFailed(segment, code, reason, elapsedMs));
    String detail = "The failed archive command was: %s";
    if (ShellResult.isFatal(code)) {
      throw PgException.fatal(SqlState.INTERNAL_ERROR, "%s", reason).detail(detail, line);
    }
    env.report(PgException.log(reason).detail(detail, line));
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
