package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DurableFile;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.LogTime;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Base backups: what makes a copy of the files of a running server good enough to recover from.
///
/// ```text
/// start: a new segment; full images from now on; a checkpoint     -> where recovery begins
///        ... somebody copies the files, in any order ...
/// stop:  a record of the end; the segment is ended and archived;
///        the backup history file                                  -> the label that belongs to the copy
/// ```
public final class Backups {
  private static final Pattern HISTORY_FILE =
      Pattern.compile("[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup");

  private final Disk disk;
  private final Wal wal;
  private final WalFiles files;
  private final Clock clock;
  private final Function<CheckpointRequest, Future<CheckpointReport>> checkpoint;
  private long lastStart;

  Backups(
      Disk disk,
      Wal wal,
      WalFiles files,
      Clock clock,
      Function<CheckpointRequest, Future<CheckpointReport>> checkpoint) {
    this.disk = disk;
    this.wal = wal;
    this.files = files;
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /// What a backup that has ended leaves.
  ///
  /// @param stopLsn the copy is consistent from here on
  /// @param lastFile the last segment that belongs to it
  /// @param historyFile the backup history file
  public record Stopped(BackupLabel label, long stopLsn, String lastFile, String historyFile) {}

  /// Begins one: completes when copying may begin. Whoever begins one has to [#stop] or [#abort]
  /// it.
  ///
  /// @param fast whether its checkpoint hurries
  /// @param zone for the time in the label
  public Future<BackupLabel> start(String label, boolean fast, String zone) {
    wal.backupBegins();
    wal.switchSegment();
    return begin(label, fast, zone).onFailure(cause -> wal.backupEnds());
  }

  /// Two backups that share a checkpoint would share the name of their history file.
  private Future<BackupLabel> begin(String label, boolean fast, String zone) {
    return checkpoint
        .apply(new CheckpointRequest(CheckpointRequest.Cause.REQUESTED, fast, true))
        .compose(report -> {
          synchronized (this) {
            if (report.redoLsn() <= lastStart) {
              return begin(label, fast, zone);
            }
            lastStart = report.redoLsn();
          }
          return Future.succeededFuture(
              new BackupLabel(
                  report.redoLsn(),
                  files.name(report.redoLsn()),
                  report.checkpointLsn(),
                  LogTime.seconds(clock.epochMicros(), zone),
                  label,
                  files.timeline()));
        });
  }

  /// Gives one up.
  public void abort() {
    wal.backupEnds();
  }

  /// Ends one: completes when all that belongs to it is in `pg_wal`, marked for the archiver.
  public Future<Stopped> stop(BackupLabel label, String zone) {
    wal.backupEnds();
    long stop =
        wal.begin(Rmgr.XLOG, XlogRecords.BACKUP_END, 0).data().putLong(label.startLsn()).insert();
    wal.switchSegment();
    String last = files.name(stop - 1);
    String history = label.historyFile(files.segmentSize());
    String text =
        label.history(stop, last, LogTime.seconds(clock.epochMicros(), zone), files.timeline());
    return wal.flushAll()
        .compose(ignored ->
            DurableFile.replace(
                disk, WalFiles.DIRECTORY, history, text.getBytes(StandardCharsets.UTF_8)))
        .compose(ignored -> files.notifyArchiver(history))
        .compose(ignored -> removeArchivedHistory(history))
        .map(ignored -> new Stopped(label, stop, last, history));
  }

  /// Backup history files that the archive has are of no use here.
  private Future<Void> removeArchivedHistory(String except) {
    if (!files.isArchiving()) {
      return Future.succeededFuture();
    }
    return disk.list(WalFiles.DIRECTORY)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            if (HISTORY_FILE.matcher(name).matches() && !name.equals(except)) {
              done = done.compose(ignored -> removeIfArchived(name));
            }
          }
          return done;
        });
  }

  private Future<Void> removeIfArchived(String name) {
    return files
        .isArchiveBusy(name)
        .compose(busy ->
            busy
                ? Future.succeededFuture()
                : files.remove(name).compose(ignored -> files.forgetStatus(name)));
  }

  /// Whether files are archived at all.
  public boolean isArchiving() {
    return files.isArchiving();
  }

  /// Whether the archiver has yet to do with one of the files.
  public Future<Boolean> isArchiveBusy(List<String> names) {
    Future<Boolean> busy = Future.succeededFuture(false);
    for (String name : names) {
      busy = busy.compose(one -> one ? Future.succeededFuture(true) : files.isArchiveBusy(name));
    }
    return busy;
  }

  /// `pg_walfile_name`: the segment that a position is in, or ends.
  public String walFile(long lsn) {
    return files.name(lsn - 1);
  }

  /// `pg_create_restore_point`: gives the end of the WAL a name, and makes it durable.
  public Future<Long> restorePoint(String name) {
    WalRecordBuilder record = wal.begin(Rmgr.XLOG, XlogRecords.RESTORE_POINT, 0);
    new RestorePoint(clock.epochMicros(), name).put(record);
    long end = record.insert();
    return wal.flush(end).map(end);
  }

  /// What is told of a restore point.
  public static String restorePointCreated(String name, long lsn) {
    return String.format(Locale.ROOT, "restore point \"%s\" created at %s", name, Lsn.format(lsn));
  }
}
