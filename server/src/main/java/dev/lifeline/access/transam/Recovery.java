package dev.lifeline.access.transam;

import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.RedoConfig;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.RecoveryPrefetchCounters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Brings the data files up to the end of the WAL: from the redo point of the last checkpoint every
/// record is repeated. It may be interrupted anywhere, also by another crash, and begins again.
final class Recovery {
  /// The files that consist of pages.
  private static final Pattern PAGED_FILE =
      Pattern.compile("(global|base/\\d+)/\\d+(_fsm|_vm)?(\\.\\d+)?|pg_xact/[0-9A-F]+");

  private static final int RECORDS_PER_TURN = 500;

  /// Files that are synced beside each other: each takes a few waits for the disk and little else.
  private static final int SYNCED_AT_ONCE = 4;

  private static final long NANOS_PER_MS = 1_000_000;

  private final EngineEnvironment environment;
  private final Supplier<RedoConfig> config;
  private final BufferPool pool;
  private final RecoveryPrefetchCounters prefetchCounters;
  private final TransamRedo transam;
  private final RedoDriver driver;
  private final RestartPoints restartPoints;
  private final Subject subject;
  private final RecoveryListener listener;
  private final Arena arena = Arena.ofShared();
  private final long begunNanos;

  private final ControlFile file;
  private final ArchiveRecovery archive;
  private ControlData control;
  private long records;

  /// The reader's current record has not been redone to its end.
  private boolean unfinished;

  private long lastRecordLsn;

  /// Where the last record that was repeated ends: the reader is ahead of it.
  private long endLsn;

  private boolean stopped;
  private long startedEvent;

  /// Whether a record was redone beside the checkpoint's own.
  private boolean redoTold;

  /// When redo of the first record began, and when it told how far it is.
  private long redoNanos;

  private long progressNanos;

  /// What reads into the arena; it is closed first.
  private @Nullable WalReader reader;

  private @Nullable RecoveryPrefetcher prefetcher;

  /// Where the WAL goes on.
  ///
  /// @param endLsn of the last record
  /// @param lastRecordLsn where that begins
  /// @param incarnation the newest that any record had
  record End(
      boolean redone,
      long redoLsn,
      long endLsn,
      long lastRecordLsn,
      long records,
      long nanos,
      int incarnation) {}

  Recovery(
      EngineEnvironment environment,
      ControlFile file,
      ArchiveRecovery archive,
      RestartPoints restartPoints,
      BufferPool pool,
      TransamRedo transam,
      @Nullable ResourceManager[] managers,
      Subject subject,
      RecoveryListener listener,
      Supplier<RedoConfig> config,
      RecoveryPrefetchCounters prefetchCounters) {
    this.config = config;
    this.pool = pool;
    this.prefetchCounters = prefetchCounters;
    this.listener = listener;
    this.environment = environment;
    this.file = file;
    this.archive = archive;
    this.restartPoints = restartPoints;
    this.control = file.current();
    this.transam = transam;
    this.driver = new RedoDriver(pool, managers);
    this.subject = subject;
    this.begunNanos = environment.clock().nanoTime();
  }

  /// Syncs everything that an earlier life of the server may have left in the system's cache: what
  /// redo takes for done, because a page or a record can be read, must not vanish later.
  static Future<Void> syncDataDirectory(Disk disk, WalFiles files) {
    return files
        .syncAll()
        .compose(ignored -> syncFilesIn(disk, "global"))
        .compose(ignored -> syncFilesIn(disk, Clog.DIRECTORY))
        .compose(ignored -> disk.list("base"))
        .compose(databases -> {
          Future<Void> done = Future.succeededFuture();
          for (String database : databases) {
            done = done.compose(ignored -> syncFilesIn(disk, "base/" + database));
          }
          return done.compose(ignored -> disk.syncDirectory("base"));
        });
  }

  private static Future<Void> syncFilesIn(Disk disk, String directory) {
    return disk.list(directory)
        .compose(names -> {
          List<Future<Void>> all = new ArrayList<>();
          for (int first = 0; first < SYNCED_AT_ONCE; first++) {
            all.add(syncEveryFew(disk, directory, names, first));
          }
          return Future.join(all).compose(ignored -> disk.syncDirectory(directory));
        });
  }

  private static Future<Void> syncEveryFew(
      Disk disk, String directory, List<String> names, int first) {
    Future<Void> done = Future.succeededFuture();
    for (int i = first; i < names.size(); i += SYNCED_AT_ONCE) {
      String path = directory + "/" + names.get(i);
      done = done.compose(ignored -> syncFile(disk, path));
    }
    return done;
  }

  private static Future<Void> syncFile(Disk disk, String path) {
    return disk.open(path)
        .compose(file ->
            (PAGED_FILE.matcher(path).matches()
                    ? cutTornPage(file)
                    : Future.<Void>succeededFuture())
                .compose(ignored -> file.sync())
                .eventually(file::close));
  }

  /// A file that was growing when the power failed may end in a part of a page. Nothing in it was
  /// ever acknowledged, or redo will write it again.
  private static Future<Void> cutTornPage(DiskFile file) {
    return file.size()
        .compose(size -> {
          long torn = size % PageLayout.PAGE_SIZE;
          return torn == 0 ? Future.succeededFuture() : file.truncate(size - torn);
        });
  }

  private WalReader readerAt(long lsn, long previousLsn) {
    WalReader made =
        new WalReader(
            archive, arena, control.walSegmentSize(), control.systemIdentifier(), lsn, previousLsn);
    reader = made;
    return made;
  }

  private Future<Void> closeReader() {
    WalReader open = reader;
    return open == null ? Future.succeededFuture() : open.close();
  }

  /// Reads the checkpoint that the control file or the base copy's label names, and redoes what
  /// follows it.
  Future<End> run() {
    BackupLabel label = archive.source().label();
    if (label != null) {
      control = control.startingAt(label.checkpointLsn(), label.timeline());
    }
    WalReader first = readerAt(control.checkpointLsn(), -1);
    return step(first)
        .compose(found -> {
          if (!found || first.record().rmgr() != Rmgr.XLOG) {
            return Future.failedFuture(noCheckpoint(label != null));
          }
          CheckpointRecord checkpoint = CheckpointRecord.parse(first.record());
          control = control.startingFrom(checkpoint);
          transam.start(checkpoint, driver);
          long end = first.endLsn();
          return first
              .close()
              .compose(ignored -> begin(checkpoint))
              .compose(needed -> needed ? redo() : notNeeded(checkpoint, end));
        })
        .eventually(this::closeReader)
        .onComplete(result -> arena.close());
  }

  private static PgException noCheckpoint(boolean ofBackup) {
    return ofBackup
        ? PgException.fatal(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "could not locate required checkpoint record")
            .hint(
                "If you are restoring from a backup, touch \"recovery.signal\" and add required"
                    + " recovery options.\nIf you are not restoring from a backup, try removing"
                    + " the file \"backup_label\".\nBe careful: removing \"backup_label\" will"
                    + " result in a corrupt cluster if restoring from a backup.")
        : PgException.panic(SqlState.DATA_CORRUPTED, "could not locate a valid checkpoint record");
  }

  /// Says on the disk what this start is about to do.
  ///
  /// @return whether there is anything to redo
  private Future<Boolean> begin(CheckpointRecord checkpoint) {
    int incarnation = control.incarnation() + 1;
    long now = environment.clock().epochMicros();
    if (isNeeded()) {
      if (!archive.inArchive()) {
        listener.recoveryBegins();
      }
      return archive.begin(control, checkpoint, incarnation, now).map(true);
    }
    return file.update(
            data -> data.withState(ControlData.State.STARTUP, now).withIncarnation(incarnation))
        .map(false);
  }

  private boolean isNeeded() {
    return archive.source().requested()
        || archive.source().label() != null
        || control.state() != ControlData.State.SHUT_DOWN
        || control.redoLsn() != control.checkpointLsn();
  }

  private RecoveryEvent.Reason reason() {
    return archive.inArchive() ? RecoveryEvent.Reason.ARCHIVE : RecoveryEvent.Reason.CRASH;
  }

  private Future<End> notNeeded(CheckpointRecord checkpoint, long end) {
    environment.emitter().emit(subject, new RecoveryEvent.NotRequired(control.checkpointLsn()));
    return Future.succeededFuture(
        new End(false, checkpoint.redoLsn(), end, control.checkpointLsn(), 0, elapsed(), 0));
  }

  private long elapsed() {
    return environment.clock().nanoTime() - begunNanos;
  }

  /// One step of a reader, loading as needed; false at the end.
  private Future<Boolean> step(WalReader from) {
    return switch (from.next()) {
      case RECORD -> Future.succeededFuture(true);
      case END -> Future.succeededFuture(false);
      case MORE -> from.load().compose(ignored -> step(from));
    };
  }

  private Future<End> redo() {
    startedEvent =
        environment
            .emitter()
            .emit(
                subject,
                new RecoveryEvent.Started(reason(), control.checkpointLsn(), control.redoLsn()));
    archive.checkConsistency();
    endLsn = control.redoLsn();
    restartPoints.begin(endLsn);
    open(readerAt(control.redoLsn(), -1));
    Promise<Void> redone = Promise.promise();
    redoNanos = environment.clock().nanoTime();
    progressNanos = redoNanos;
    loop(redone);
    return redone
        .future()
        .compose(ignored -> {
          if (records == 0) {
            return Future.failedFuture(
                PgException.panic(
                    SqlState.DATA_CORRUPTED,
                    "could not find redo location %s referenced by checkpoint record at %s",
                    Lsn.format(control.redoLsn()),
                    Lsn.format(control.checkpointLsn())));
          }
          return closeReader().compose(ignoredToo -> archive.reachedEnd());
        })
        .map(ignored -> {
          long nanos = elapsed();
          WalReader from = Objects.requireNonNull(reader);
          tellLog(from, nanos);
          archive.checkEnd(endLsn, redoTold);
          environment
              .emitter()
              .emit(
                  subject,
                  new RecoveryEvent.Completed(
                      reason(),
                      control.redoLsn(),
                      endLsn,
                      records,
                      endLsn - control.redoLsn(),
                      nanos / 1e6),
                  startedEvent);
          return new End(
              true,
              control.redoLsn(),
              endLsn,
              lastRecordLsn,
              records,
              nanos,
              Math.max(from.incarnation(), control.incarnation() + 1));
        });
  }

  private void tellLog(WalReader from, long nanos) {
    String reason = from.endReason();
    if (reason != null && !stopped) {
      listener.endOfWal(reason);
    }
    if (redoTold) {
      listener.redoDone(lastRecordLsn, nanos);
    } else {
      listener.redoNotRequired();
    }
  }

  /// Redoes until the end, giving way to others from time to time. A chain of futures as long as
  /// the waits of a redo would not fit on a stack; so each turn begins with an empty one.
  private void loop(Promise<Void> done) {
    try {
      Future<?> wait = turn(Objects.requireNonNull(prefetcher));
      if (wait == null) {
        done.complete();
      } else {
        wait.onComplete(result -> {
          if (result.succeeded()) {
            loop(done);
          } else {
            done.fail(result.cause());
          }
        });
      }
    } catch (RuntimeException | AssertionError e) {
      done.fail(e);
    }
  }

  /// Redoes for a while; what to wait for before the next turn, null at the end of the WAL.
  private @Nullable Future<?> turn(RecoveryPrefetcher from) {
    for (int i = 0; i < RECORDS_PER_TURN; i++) {
      if (stopped) {
        return null;
      }
      if (!unfinished) {
        switch (from.next()) {
          case END -> {
            return enterArchive();
          }
          case MORE -> {
            return from.load();
          }
          case RECORD -> unfinished = true;
        }
        if (stopsBefore(from.record())) {
          return null;
        }
      }
      Future<?> wait = apply(from.record());
      if (wait != null) {
        return wait;
      }
    }
    tellProgress(endLsn);
    return environment.timers().yieldTurn();
  }

  private void open(WalReader from) {
    prefetcher = new RecoveryPrefetcher(from.readAhead(), pool, config, prefetchCounters);
  }

  /// The WAL that is there has ended; there may be more of it in the archive.
  private @Nullable Future<Void> enterArchive() {
    Future<Void> entered = archive.enterArchive(endLsn);
    return entered == null
        ? null
        : entered
            .compose(ignored -> closeReader())
            .map(ignored -> {
              open(readerAt(endLsn, lastRecordLsn));
              archive.checkConsistency();
              return null;
            });
  }

  private boolean stopsBefore(WalRecordView record) {
    if (record.lsn() == control.checkpointLsn() && record.lsn() == control.redoLsn()) {
      return false;
    }
    if (!redoTold && record.lsn() != control.checkpointLsn()) {
      redoTold = true;
      listener.redoStarts(record.lsn());
    }
    stopped = archive.stopsBefore(record);
    return stopped;
  }

  /// Redoes a record; what to wait for when that takes longer: the record is then redone.
  private @Nullable Future<?> apply(WalRecordView record) {
    try {
      transam.seen(record.xid());
      driver.redo(record);
    } catch (NotYet notYet) {
      return notYet.until();
    }
    unfinished = false;
    records++;
    lastRecordLsn = record.lsn();
    endLsn = record.endLsn();
    Future<?> wait = archive.applied(record);
    stopped = archive.stopsAfter(record);
    return isCheckpoint(record) ? restartPoints.met(record, driver.isAnyMissing()) : wait;
  }

  private static boolean isCheckpoint(WalRecordView record) {
    return record.rmgr() == Rmgr.XLOG
        && (record.info() == XlogRecords.CHECKPOINT_ONLINE
            || record.info() == XlogRecords.CHECKPOINT_SHUTDOWN);
  }

  /// As often as `log_startup_progress_interval` says.
  private void tellProgress(long lsn) {
    long interval = config.get().progressIntervalMs() * NANOS_PER_MS;
    long now = environment.clock().nanoTime();
    if (interval > 0 && now - progressNanos >= interval) {
      progressNanos = now;
      listener.redoInProgress(lsn, now - redoNanos);
      environment
          .emitter()
          .emit(
              subject,
              new RecoveryEvent.Progressed(
                  lsn, records, lsn - control.redoLsn(), (now - redoNanos) / 1e6),
              startedEvent);
    }
  }

  /// Deletes the files of relations whose transactions did not commit; then nothing may be missing.
  Future<Void> cleanUp(RelationStorage storage) {
    List<RelFileLocator> orphans = transam.orphans();
    return storage
        .unlink(orphans)
        .map(ignored -> {
          orphans.forEach(driver::dropped);
          driver.checkNothingMissing();
          return null;
        });
  }

  /// Deletes segments that were being made when the server died.
  static Future<Void> removeTemporarySegments(Disk disk) {
    return disk.list(WalFiles.DIRECTORY)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            if (name.startsWith("xlogtemp.")) {
              done = done.compose(ignored -> disk.delete(WalFiles.DIRECTORY + "/" + name));
            }
          }
          return done;
        });
  }
}
