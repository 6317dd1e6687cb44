package dev.lifeline.access.transam;

import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.file.DurableFile;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The end of an archive recovery: the WAL goes on, on a timeline of its own, so that what the
/// archive has of the old one is never overwritten.
///
/// Formally: whatever the moment of a crash,
///
/// 1. the new timeline's history is durable before anything is written on it;
/// 2. the control file knows the new timeline before `recovery.signal` goes: a start without that
///    file then ends on the new timeline, and one with it chooses yet another.
final class TimelineSwitch {
  private static final int COPY_SIZE = 1 << 20;

  private final Disk disk;
  private final ArchiveRecovery recovery;
  private final ControlFile control;
  private final Emitter emitter;
  private final Subject subject;
  private final boolean archiving;
  private final int segmentSize;

  TimelineSwitch(
      Disk disk,
      ArchiveRecovery recovery,
      ControlFile control,
      Emitter emitter,
      Subject subject,
      boolean archiving) {
    this.disk = disk;
    this.recovery = recovery;
    this.control = control;
    this.emitter = emitter;
    this.subject = subject;
    this.archiving = archiving;
    this.segmentSize = control.current().walSegmentSize();
  }

  /// Makes the new timeline, which begins where the recovery ended.
  ///
  /// @param oldTimeline of the last record
  Future<Integer> run(int oldTimeline, long endLsn) {
    int parent = recovery.source().history().timeline();
    return RecoverySource.newest(parent, recovery.archive())
        .compose(newest -> {
          int timeline = newest + 1;
          recovery.report("selected new timeline ID: " + timeline);
          return copySegment(oldTimeline, timeline, endLsn)
              .compose(ignored -> writeHistory(timeline, parent, endLsn))
              .compose(ignored ->
                  control.update(data ->
                      data.withRecovery(ControlData.RecoveryBound.NONE.reaching(endLsn, timeline))))
              .compose(ignored -> disk.delete(RecoverySource.RECOVERY_SIGNAL))
              .compose(ignored -> disk.syncDirectory("."))
              .map(ignored -> {
                recovery.report("archive recovery complete");
                emitter.emit(
                    subject,
                    new RecoveryEvent.TimelineSwitched(
                        oldTimeline, timeline, endLsn, recovery.stopReason().strip()));
                return timeline;
              });
        });
  }

  private String path(int timeline, long lsn) {
    return WalFiles.DIRECTORY + "/" + WalFormat.segmentName(timeline, lsn, segmentSize);
  }

  /// The segment that is only begun goes on under the new timeline's name, with nothing in it that
  /// comes after the end.
  private Future<Void> copySegment(int from, int to, long endLsn) {
    long used = endLsn % segmentSize;
    if (used == 0) {
      return Future.succeededFuture();
    }
    String temporary = WalFiles.DIRECTORY + "/xlogtemp." + endLsn / segmentSize;
    MemorySegment memory = Arena.ofAuto().allocate(Math.min(COPY_SIZE, segmentSize), 4096);
    return disk.open(path(from, endLsn))
        .compose(source ->
            disk.create(temporary)
                .compose(target ->
                    copy(source, target, memory, 0, used)
                        .compose(ignored -> target.sync())
                        .eventually(target::close))
                .eventually(source::close))
        .compose(ignored -> disk.rename(temporary, path(to, endLsn)))
        .compose(ignored -> disk.syncDirectory(WalFiles.DIRECTORY));
  }

  private Future<Void> copy(DiskFile from, DiskFile to, MemorySegment memory, long at, long used) {
    if (at >= segmentSize) {
      return Future.succeededFuture();
    }
    long bytes = Math.min(memory.byteSize(), segmentSize - at);
    long wanted = Math.clamp(used - at, 0, bytes);
    memory.fill((byte) 0);
    MemorySegment piece = memory.asSlice(0, bytes);
    Future<?> filled =
        wanted > 0 ? from.read(memory.asSlice(0, wanted), at) : Future.succeededFuture();
    return filled
        .compose(ignored -> to.write(piece, at))
        .compose(ignored -> copy(from, to, memory, at + bytes, used));
  }

  private Future<Void> writeHistory(int timeline, int parent, long endLsn) {
    String name = TimelineHistory.fileName(timeline);
    Future<Optional<String>> inherited =
        parent == 1
            ? Future.succeededFuture(Optional.empty())
            : recovery.archive().history(parent, false);
    return inherited
        .compose(text -> {
          String content =
              text.map(lines -> lines + "\n").orElse("")
                  + TimelineHistory.line(parent, endLsn, recovery.stopReason());
          return DurableFile.replace(
              disk, WalFiles.DIRECTORY, name, content.getBytes(StandardCharsets.UTF_8));
        })
        .compose(ignored -> archiving ? notifyArchiver(name) : Future.succeededFuture());
  }

  private Future<Void> notifyArchiver(String name) {
    return disk.create(WalFiles.statusPath(name, ".ready")).compose(DiskFile::close);
  }

  /// The server is on the new timeline: removes what is left of the future that the old one had,
  /// and archives its last segment under a name that says that it is not whole.
  Future<Void> cleanUp(RecoveryConfig config, int oldTimeline, int timeline, long endLsn) {
    return recovery
        .archive()
        .run(config.commands().get().end(), "recovery_end_command", true)
        .compose(ignored -> removeLater(timeline, endLsn))
        .compose(ignored -> archivePartial(oldTimeline, endLsn));
  }

  private Future<Void> removeLater(int timeline, long endLsn) {
    return disk.list(WalFiles.DIRECTORY)
        .compose(names -> {
          String own = WalFormat.segmentName(timeline, endLsn, segmentSize);
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            boolean later =
                WalFormat.segmentStart(name, segmentSize) >= 0
                    && name.substring(0, 8).compareTo(own.substring(0, 8)) < 0
                    && name.substring(8).compareTo(own.substring(8)) > 0;
            if (later) {
              done = done.compose(ignored -> removeUnlessReady(name));
            }
          }
          return done;
        });
  }

  /// What waits for the archiver is the archive's.
  private Future<Void> removeUnlessReady(String name) {
    return disk.exists(WalFiles.statusPath(name, ".ready"))
        .compose(ready ->
            ready
                ? Future.succeededFuture()
                : disk.delete(WalFiles.DIRECTORY + "/" + name)
                    .compose(ignored -> disk.delete(WalFiles.statusPath(name, ".done"))));
  }

  private Future<Void> archivePartial(int oldTimeline, long endLsn) {
    if (!archiving || endLsn % segmentSize == 0) {
      return Future.succeededFuture();
    }
    String name = WalFormat.segmentName(oldTimeline, endLsn, segmentSize);
    String path = WalFiles.DIRECTORY + "/" + name;
    return disk.exists(WalFiles.statusPath(name, ".done"))
        .compose(done ->
            done ? Future.succeededFuture(true) : disk.exists(WalFiles.statusPath(name, ".ready")))
        .compose(told -> told ? Future.succeededFuture(false) : disk.exists(path))
        .compose(mine ->
            mine
                ? disk.rename(path, path + ".partial")
                    .compose(ignored -> disk.syncDirectory(WalFiles.DIRECTORY))
                    .compose(ignored -> notifyArchiver(name + ".partial"))
                : Future.succeededFuture());
  }
}
