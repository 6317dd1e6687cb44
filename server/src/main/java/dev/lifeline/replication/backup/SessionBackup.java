package dev.lifeline.replication.backup;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.BackupLabel;
import dev.lifeline.access.transam.Backups;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The base backup of one session: `pg_backup_start` and `pg_backup_stop`. It belongs to the
/// session, and ends with it.
///
/// ```text
/// idle -> starting -> running -> stopping -> waiting for the archive -> idle
/// ```
final class SessionBackup {
  private static final int LABEL_MAX = 1024;
  private static final long POLL_NANOS = 200_000_000;
  private static final long NOTICE_AFTER_NANOS = 5_000_000_000L;
  private static final long WARNING_AFTER_NANOS = 60_000_000_000L;

  private final SharedMemory memory;
  private final SessionContext session;

  private @Nullable Future<BackupLabel> starting;
  private @Nullable BackupLabel running;
  private @Nullable Stop stopping;
  private boolean closed;

  SessionBackup(SharedMemory memory, SessionContext session) {
    this.memory = memory;
    this.session = session;
  }

  /// `pg_backup_start(label, fast)`.
  ///
  /// @throws NotYet while the checkpoint is under way
  long start(String label, boolean fast) {
    Future<BackupLabel> begun = starting;
    if (begun == null) {
      checkStart(label);
      begun = memory.backups().start(label, fast, zone());
      starting = begun;
      begun.onSuccess(made -> {
        if (closed) {
          memory.backups().abort();
        }
      });
    }
    BackupLabel made = await(begun, () -> starting = null);
    running = made;
    return made.startLsn();
  }

  private void checkStart(String label) {
    if (running != null) {
      throw state("a backup is already in progress in this session");
    }
    checkWalLevel("making an online backup");
    if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_MAX) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "backup label too long (max %d bytes)", LABEL_MAX);
    }
  }

  void checkWalLevel(String what) {
    if (session.gucs().get(Gucs.WAL_LEVEL).equals("minimal")) {
      throw state("WAL level not sufficient for " + what)
          .hint("wal_level must be set to \"replica\" or \"logical\" at server start.");
    }
  }

  private static PgException state(String message) {
    return PgException.error(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "%s", message);
  }

  private String zone() {
    return session.gucs().get(Gucs.LOG_TIMEZONE);
  }

  /// `pg_backup_stop(wait_for_archive)`: the end, and the files that belong to the copy.
  ///
  /// @throws NotYet while the WAL is flushed, and while the archiver is waited for
  ServerRows stop(boolean waitForArchive) {
    Stop stop = stopping;
    if (stop == null || stop.statement != session.statementTimestamp()) {
      BackupLabel label = running;
      if (label == null) {
        throw state("backup is not in progress").hint("Did you call pg_backup_start()?");
      }
      running = null;
      stop = new Stop(memory.backups().stop(label, zone()), session.statementTimestamp());
      stopping = stop;
    }
    Backups.Stopped stopped = await(stop.work, () -> {});
    if (waitForArchive) {
      awaitArchive(stop, stopped);
    }
    stopping = null;
    return new ServerRows().add(stopped.stopLsn(), Text.of(stopped.label().text()), Text.EMPTY);
  }

  /// Looks again and again, and says that it does.
  private void awaitArchive(Stop stop, Backups.Stopped stopped) {
    Backups backups = memory.backups();
    if (!backups.isArchiving()) {
      notice(
          Severity.NOTICE,
          "WAL archiving is not enabled; you must ensure that all required WAL segments are copied"
              + " through other means to complete the backup");
      return;
    }
    BooleanSupplier busy = () -> stop.busy(backups, stopped);
    if (!busy.getAsBoolean()) {
      notice(Severity.NOTICE, "all required WAL segments have been archived");
      return;
    }
    long waited = session.clock().nanoTime() - stop.since;
    if (!stop.noticed && waited > NOTICE_AFTER_NANOS) {
      stop.noticed = true;
      notice(Severity.NOTICE, "base backup done, waiting for required WAL segments to be archived");
    }
    if (waited >= stop.warnAfter) {
      stop.warnAfter *= 2;
      session.notice(
          new PgException(
                  Severity.WARNING,
                  SqlState.WARNING,
                  "still waiting for all required WAL segments to be archived (%d seconds elapsed)"
                      .formatted(waited / 1_000_000_000))
              .hint(
                  "Check that your archive_command is executing properly.  You can safely cancel"
                      + " this backup, but the database backup will not be usable without all the"
                      + " WAL segments."));
    }
    Promise<Void> nap = Promise.promise();
    session.timers().schedule(POLL_NANOS, nap::complete);
    throw new NotYet(nap.future());
  }

  private void notice(Severity severity, String message) {
    session.notice(new PgException(severity, SqlState.SUCCESSFUL_COMPLETION, message));
  }

  private static <T> T await(Future<T> work, Runnable over) {
    if (!work.isComplete()) {
      throw new NotYet(work.otherwiseEmpty());
    }
    over.run();
    if (work.failed()) {
      throw work.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(work.cause());
    }
    return work.result();
  }

  /// The session ends.
  void close() {
    closed = true;
    if (running != null) {
      running = null;
      memory.backups().abort();
      notice(
          Severity.WARNING,
          "aborting backup due to backend exiting before pg_backup_stop was called");
    }
  }

  /// The end of a backup under way.
  private final class Stop {
    private final Future<Backups.Stopped> work;
    private final long statement;
    private final long since = session.clock().nanoTime();
    private long warnAfter = WARNING_AFTER_NANOS;
    private boolean noticed;
    private @Nullable Future<Boolean> looking;

    Stop(Future<Backups.Stopped> work, long statement) {
      this.work = work;
      this.statement = statement;
    }

    boolean busy(Backups backups, Backups.Stopped stopped) {
      Future<Boolean> look = looking;
      if (look == null) {
        look = backups.isArchiveBusy(List.of(stopped.lastFile(), stopped.historyFile()));
        looking = look;
      }
      return await(look, () -> looking = null);
    }
  }
}
