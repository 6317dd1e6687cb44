package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a recovery from a base copy and an archive decides beyond what a crash needs: where the
/// segments come from, when the data are consistent, and where to stop.
///
/// Formally:
///
/// 1. The data are consistent when the WAL is repeated to the end of the backup and to every
///    position that a page on the disk may depend on (`minRecoveryPoint`). Nobody may see them
///    before, and recovery may not end before.
/// 2. A page is written only after the control file says how far the WAL must be repeated for it.
/// 3. A segment comes from the archive first, then from `pg_wal`; of several timelines from the
///    newest that leads to the one that is wanted.
final class ArchiveRecovery implements WalSegments {
  private static final int OPENED_MAX = 16;

  private final Disk disk;
  private final RecoverySource source;
  private final ControlFile file;
  private final WalArchive archive;
  private final ReplayControl replay;
  private final RecoveryListener listener;
  private final Consumer<RecoveryEvent> events;
  private final int segmentSize;

  /// The archive is asked: the base copy had a label, or the local WAL is used up.
  private boolean inArchive;

  private boolean consistent;
  private long minLsn;
  private long backupStart;
  private boolean backupEndRequired;

  /// How far pages may be written.
  private volatile long flushable;

  private int currentTimeline;

  /// The last segments that were opened, by where they begin, with their timelines.
  private final TreeMap<Long, Integer> opened = new TreeMap<>();

  /// The segment that came from the archive last: it is read again when redo begins in the one that
  /// the checkpoint is in.
  private String lastRestored = "";

  private RecoveryTarget.@Nullable Stop stop;
  private long lastXactMicros;

  /// When the checkpoint was made that redo began with.
  private long checkpointMicros;

  ArchiveRecovery(
      Disk disk,
      RecoverySource source,
      ControlFile file,
      WalArchive archive,
      ReplayControl replay,
      RecoveryListener listener,
      Consumer<RecoveryEvent> events) {
    this.disk = disk;
    this.events = events;
    this.source = source;
    this.file = file;
    this.archive = archive;
    this.replay = replay;
    this.listener = listener;
    this.segmentSize = file.current().walSegmentSize();
    this.inArchive = source.inArchive();
  }

  /// The timeline of the segment that a position was read from: where the archive lacks the newest
  /// one's, that is an older one, whatever the history says.
  int timelineRead(long endLsn) {
    Integer read = opened.get(endLsn - endLsn % segmentSize);
    return read == null ? source.history().timelineEndingAt(endLsn) : read;
  }

  boolean inArchive() {
    return inArchive;
  }

  RecoverySource source() {
    return source;
  }

  WalArchive archive() {
    return archive;
  }

  void report(String message) {
    listener.report(PgException.log(message));
  }

  @Override
  public Future<Optional<DiskFile>> open(long lsn) {
    long start = lsn - lsn % segmentSize;
    List<Integer> timelines =
        source.history().candidates(start, segmentSize).stream()
            .filter(timeline -> timeline >= currentTimeline)
            .toList();
    return open(timelines, 0, start);
  }

  private Future<Optional<DiskFile>> open(List<Integer> timelines, int at, long start) {
    if (at == timelines.size()) {
      return Future.succeededFuture(Optional.empty());
    }
    int timeline = timelines.get(at);
    String name = WalFormat.segmentName(timeline, start, segmentSize);
    Future<Boolean> restored =
        inArchive && source.requested() && !name.equals(lastRestored)
            ? archive.restoreSegment(name)
            : Future.succeededFuture(false);
    return restored
        .onSuccess(done -> lastRestored = done ? name : lastRestored)
        .compose(ignored -> WalSegments.openIfThere(disk, WalFiles.DIRECTORY + "/" + name))
        .compose(found -> {
          if (found.isEmpty()) {
            return open(timelines, at + 1, start);
          }
          currentTimeline = timeline;
          opened.put(start, timeline);
          if (opened.size() > OPENED_MAX) {
            opened.pollFirstEntry();
          }
          return Future.succeededFuture(found);
        });
  }

  /// The checkpoint that recovery begins from was read. Completes when the control file says that
  /// recovery is under way.
  ///
  /// @param newIncarnation counts the recoveries
  Future<Void> begin(ControlData start, CheckpointRecord checkpoint, int newIncarnation, long now) {
    int timeline = source.startTimeline();
    check(start.checkpointLsn(), timeline);
    ControlData.RecoveryBound bound = start.recovery();
    if (source.label() != null) {
      bound =
          new ControlData.RecoveryBound(
              bound.minLsn(), bound.minTimeline(), checkpoint.redoLsn(), true);
    }
    if (inArchive && bound.minLsn() < checkpoint.redoLsn()) {
      bound = bound.reaching(checkpoint.redoLsn(), checkpoint.timeline());
    }
    if (inArchive) {
      take(bound);
    }
    ControlData.RecoveryBound kept = bound;
    ControlData.State state =
        inArchive ? ControlData.State.IN_ARCHIVE_RECOVERY : ControlData.State.IN_CRASH_RECOVERY;
    checkpointMicros = checkpoint.timeMicros();
    replay.begin();
    replay.replayed(checkpoint.redoLsn());
    return file.update(data ->
            data.withCheckpoint(start.checkpointLsn(), checkpoint)
                .withRecovery(kept)
                .withIncarnation(newIncarnation)
                .withState(state, inArchive ? checkpointMicros : now))
        .compose(ignored -> takeOverLabel());
  }

  private void take(ControlData.RecoveryBound bound) {
    minLsn = bound.minLsn();
    backupStart = bound.backupStartLsn();
    backupEndRequired = bound.backupEndRequired();
    flushable = minLsn;
  }

  /// What the label says is in the control file now.
  private Future<Void> takeOverLabel() {
    return source.label() == null
        ? Future.succeededFuture()
        : disk.rename(BackupLabel.PATH, BackupLabel.OLD)
            .compose(ignored -> disk.syncDirectory("."));
  }

  /// Whether the timeline that is wanted leads back to where recovery begins.
  private void check(long checkpointLsn, int timeline) {
    TimelineHistory history = source.history();
    if (history.timelineAt(checkpointLsn) != timeline) {
      PgException refused =
          PgException.fatal(
              SqlState.INTERNAL_ERROR,
              "requested timeline %d is not a child of this server's history",
              history.timeline());
      throw history.contains(timeline)
          ? refused.detail(
              "Latest checkpoint is at %s on timeline %d, but in the history of the requested"
                  + " timeline, the server forked off from that timeline at %s.",
              Lsn.format(checkpointLsn), timeline, Lsn.format(history.switchPoint(timeline)))
          : refused;
    }
    ControlData.RecoveryBound bound = file.current().recovery();
    if (bound.minLsn() > 0 && history.timelineAt(bound.minLsn() - 1) != bound.minTimeline()) {
      throw PgException.fatal(
          SqlState.INTERNAL_ERROR,
          "requested timeline %d does not contain minimum recovery point %s on timeline %d",
          history.timeline(),
          Lsn.format(bound.minLsn()),
          bound.minTimeline());
    }
  }

  /// The local WAL has ended, and there is an archive: goes on with that.
  ///
  /// @return null where recovery is to end
  @Nullable Future<Void> enterArchive(long endLsn) {
    if (inArchive || !source.requested()) {
      return null;
    }
    inArchive = true;
    ControlData.RecoveryBound bound =
        ControlData.RecoveryBound.NONE.reaching(endLsn, source.history().timelineEndingAt(endLsn));
    take(bound);
    return file.update(data ->
        data.withRecovery(bound)
            .withState(ControlData.State.IN_ARCHIVE_RECOVERY, checkpointMicros));
  }

  /// Looks whether the data have become consistent.
  void checkConsistency() {
    if (inArchive
        && !consistent
        && !backupEndRequired
        && backupStart == 0
        && minLsn <= replay.replayedLsn()) {
      consistent = true;
      report("consistent recovery state reached at " + Lsn.format(replay.replayedLsn()));
    }
  }

  /// Whether recovery is to stop before this record.
  boolean stopsBefore(WalRecord record) {
    return source.requested() && stoppedBy(source.target().before(record, consistent));
  }

  private boolean stoppedBy(RecoveryTarget.@Nullable Stop found) {
    if (found == null) {
      return false;
    }
    stop = found;
    report(found.message());
    return true;
  }

  /// A record was repeated.
  ///
  /// @return what to wait for before the next one; null for nothing
  @Nullable Future<Void> applied(WalRecord record) {
    replay.replayed(record.endLsn());
    if (record.rmgr() == Rmgr.XACT) {
      lastXactMicros = XactRecord.timeMicros(record);
      replay.transactionEnded(lastXactMicros);
    }
    boolean backupEnded =
        record.rmgr() == Rmgr.XLOG
            && record.info() == XlogRecords.BACKUP_END
            && record.memory().get(PageLayout.LONG, record.dataOffset()) == backupStart;
    if (!backupEnded || !inArchive) {
      checkConsistency();
      return null;
    }
    report(
        "completed backup recovery with redo LSN %s and end LSN %s"
            .formatted(Lsn.format(backupStart), Lsn.format(record.endLsn())));
    backupStart = 0;
    backupEndRequired = false;
    minLsn = Math.max(minLsn, record.endLsn());
    checkConsistency();
    int timeline = source.history().timelineEndingAt(record.endLsn());
    return file.update(data ->
            data.withRecovery(
                new ControlData.RecoveryBound(
                    Math.max(data.recovery().minLsn(), record.endLsn()), timeline, 0, false)))
        .onSuccess(ignored -> flushable = file.current().recovery().minLsn());
  }

  /// Whether recovery is to stop after this record, which was repeated.
  boolean stopsAfter(WalRecord record) {
    return source.requested() && stoppedBy(source.target().after(record, consistent));
  }

  /// Rule 2: for the buffer pool, in the place of a flush of the WAL.
  long flushableLsn() {
    return inArchive ? flushable : Long.MAX_VALUE;
  }

  Future<Void> allowFlush(long lsn) {
    if (lsn <= flushableLsn()) {
      return Future.succeededFuture();
    }
    long reached = Math.max(lsn, replay.replayedLsn());
    int timeline = source.history().timelineEndingAt(reached);
    return file.update(data ->
            data.withRecovery(
                data.recovery().minLsn() >= reached
                    ? data.recovery()
                    : data.recovery().reaching(reached, timeline)))
        .onSuccess(ignored -> flushable = file.current().recovery().minLsn());
  }

  /// Redo is over, at the target or at the end of the WAL: does what the target's action says.
  Future<Void> reachedEnd() {
    RecoveryTarget.Stop found = stop;
    if (found == null) {
      return Future.succeededFuture();
    }
    if (!consistent) {
      return Future.failedFuture(
          PgException.fatal(
              SqlState.INTERNAL_ERROR,
              "requested recovery stop point is before consistent recovery point"));
    }
    events.accept(
        new RecoveryEvent.TargetReached(
            source.target().words(),
            replay.replayedLsn(),
            source.action().name().toLowerCase(Locale.ROOT)));
    return switch (source.action()) {
      case SHUTDOWN -> Future.failedFuture(new RecoveryEnded(RecoveryEnded.AT_TARGET));
      case PROMOTE -> Future.succeededFuture();
    };
  }

  /// The log has been told of the end of redo: says the rest, and refuses an end that is too early.
  void checkEnd(long endLsn, boolean redone) {
    if (redone && source.requested() && lastXactMicros != 0) {
      report("last completed transaction was at log time " + source.target().time(lastXactMicros));
    }
    if (source.requested() && source.target().isSet() && stop == null) {
      throw PgException.fatal(
          SqlState.CONFIG_FILE_ERROR,
          "recovery ended before configured recovery target was reached");
    }
    if (!inArchive || (endLsn >= minLsn && backupStart == 0)) {
      return;
    }
    if (backupStart != 0 || backupEndRequired) {
      throw PgException.fatal(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "WAL ends before end of online backup")
          .hint("All WAL generated while online backup was taken must be available at recovery.");
    }
    throw PgException.fatal(
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "WAL ends before consistent recovery point");
  }

  /// When the last transaction that was repeated ended, as the log has times; null where none was.
  @Nullable String lastTransactionTime() {
    return lastXactMicros == 0 ? null : source.target().time(lastXactMicros);
  }

  /// Why the timeline ends here, for the history file.
  String stopReason() {
    RecoveryTarget.Stop found = stop;
    return found == null ? "no recovery target specified" : found.reason();
  }

  boolean stoppedAtTarget() {
    return stop != null;
  }
}
