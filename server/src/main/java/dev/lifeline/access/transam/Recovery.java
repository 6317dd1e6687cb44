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
import java.util.List;
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
  private static final long NANOS_PER_MS = 1_000_000;

  private final EngineEnvironment environment;
  private final Disk disk;
  private final Supplier<RedoConfig> config;
  private final BufferPool pool;
  private final RecoveryPrefetchCounters prefetchCounters;
  private final TransamRedo transam;
  private final RedoDriver driver;
  private final Subject subject;
  private final RecoveryListener listener;
  private final Arena arena = Arena.ofShared();
  private final long begunNanos;

  private final ControlData control;
  private long records;

  /// The reader's current record has not been redone to its end.
  private boolean unfinished;

  private long lastRecordLsn;
  private long startedEvent;

  /// Whether a record was redone beside the checkpoint's own.
  private boolean redoTold;

  /// When redo of the first record began, and when it told how far it is.
  private long redoNanos;

  private long progressNanos;

  /// What reads into the arena; it is closed first.
  private @Nullable WalReader reader;

  /// Where the WAL goes on.
  ///
  /// @param endLsn of the last record
  /// @param lastRecordLsn where that begins
  record End(
      boolean redone, long redoLsn, long endLsn, long lastRecordLsn, long records, long nanos) {}

  Recovery(
      EngineEnvironment environment,
      Disk disk,
      ControlData control,
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
    this.disk = disk;
    this.control = control;
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
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            done = done.compose(ignored -> syncFile(disk, directory + "/" + name));
          }
          return done.compose(ignored -> disk.syncDirectory(directory));
        });
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

  private WalReader readerAt(long lsn) {
    WalReader made =
        new WalReader(
            disk,
            arena,
            control.timeline(),
            control.walSegmentSize(),
            control.systemIdentifier(),
            lsn,
            -1);
    reader = made;
    return made;
  }

  private Future<Void> closeReader() {
    WalReader open = reader;
    return open == null ? Future.succeededFuture() : open.close();
  }

  /// Reads the checkpoint that the control file names, and redoes what follows it.
  Future<End> run() {
    WalReader first = readerAt(control.checkpointLsn());
    return step(first)
        .compose(found -> {
          if (!found || first.record().rmgr() != Rmgr.XLOG) {
            return Future.failedFuture(
                PgException.panic(
                    SqlState.DATA_CORRUPTED, "could not locate a valid checkpoint record"));
          }
          CheckpointRecord checkpoint = CheckpointRecord.parse(first.record());
          transam.start(checkpoint, driver);
          long end = first.endLsn();
          return first.close().compose(ignored -> isNeeded() ? redo() : notNeeded(checkpoint, end));
        })
        .eventually(this::closeReader)
        .onComplete(result -> arena.close());
  }

  private boolean isNeeded() {
    return control.state() != ControlData.State.SHUT_DOWN
        || control.redoLsn() != control.checkpointLsn();
  }

  private Future<End> notNeeded(CheckpointRecord checkpoint, long end) {
    environment.emitter().emit(subject, new RecoveryEvent.NotRequired(control.checkpointLsn()));
    return Future.succeededFuture(
        new End(false, checkpoint.redoLsn(), end, control.checkpointLsn(), 0, elapsed()));
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
    listener.recoveryBegins();
    startedEvent =
        environment
            .emitter()
            .emit(
                subject,
                new RecoveryEvent.Started("crash", control.checkpointLsn(), control.redoLsn()));
    WalReader from = readerAt(control.redoLsn()).readAhead();
    Promise<Void> redone = Promise.promise();
    redoNanos = environment.clock().nanoTime();
    progressNanos = redoNanos;
    loop(new RecoveryPrefetcher(from, pool, config, prefetchCounters), redone);
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
          return closeReader();
        })
        .map(ignored -> {
          long nanos = elapsed();
          tellLog(from, nanos);
          environment
              .emitter()
              .emit(
                  subject,
                  new RecoveryEvent.Completed(
                      "crash",
                      control.redoLsn(),
                      from.endLsn(),
                      records,
                      from.endLsn() - control.redoLsn(),
                      nanos / 1e6),
                  startedEvent);
          return new End(true, control.redoLsn(), from.endLsn(), lastRecordLsn, records, nanos);
        });
  }

  private void tellLog(WalReader from, long nanos) {
    String reason = from.endReason();
    if (reason != null) {
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
  private void loop(RecoveryPrefetcher from, Promise<Void> done) {
    try {
      Future<?> wait = turn(from);
      if (wait == null) {
        done.complete();
      } else {
        wait.onComplete(result -> {
          if (result.succeeded()) {
            loop(from, done);
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
      if (!unfinished) {
        switch (from.next()) {
          case END -> {
            return null;
          }
          case MORE -> {
            return from.load();
          }
          case RECORD -> unfinished = true;
        }
      }
      Future<?> wait = apply(from.record());
      if (wait != null) {
        return wait;
      }
    }
    tellProgress(from.record().endLsn());
    return environment.timers().yieldTurn();
  }

  /// Redoes a record; what to wait for when that takes longer: the record is then redone.
  private @Nullable Future<?> apply(WalRecordView record) {
    if (!redoTold && record.lsn() != control.checkpointLsn()) {
      redoTold = true;
      listener.redoStarts(record.lsn());
    }
    try {
      transam.seen(record.xid());
      driver.redo(record);
    } catch (NotYet notYet) {
      return notYet.until();
    }
    unfinished = false;
    records++;
    lastRecordLsn = record.lsn();
    return null;
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
