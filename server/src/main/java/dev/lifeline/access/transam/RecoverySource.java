package dev.lifeline.access.transam;

import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.events.Lsn;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What kind of recovery a data directory asks for, found out before anything is read of the WAL.
///
/// @param requested there is a `recovery.signal`: it is to end on a timeline of its own
/// @param label of the base copy that the directory is; null where it is none
/// @param inArchive whether the archive is asked from the beginning, and consistency is watched
/// @param history of the timeline that is wanted
/// @param action what happens at the target
record RecoverySource(
    boolean requested,
    @Nullable BackupLabel label,
    boolean inArchive,
    TimelineHistory history,
    int startTimeline,
    RecoveryTarget target,
    Action action) {
  static final String RECOVERY_SIGNAL = "recovery.signal";
  private static final String STANDBY_SIGNAL = "standby.signal";

  enum Action {
    PROMOTE,
    SHUTDOWN
  }

  /// Finds out.
  static Future<RecoverySource> find(
      Disk disk,
      RecoveryConfig config,
      ControlData control,
      WalArchive archive,
      RecoveryListener listener) {
    return disk.exists(STANDBY_SIGNAL)
        .compose(standby -> {
          if (standby) {
            return Future.failedFuture(PgException.notSupported("standby mode (standby.signal)"));
          }
          return disk.exists(RECOVERY_SIGNAL);
        })
        .compose(requested ->
            WalArchive.text(disk, BackupLabel.PATH)
                .compose(text -> {
                  BackupLabel label = text.map(BackupLabel::parse).orElse(null);
                  return requested
                      ? requested(config, control, archive, label, listener)
                      : local(control, archive, label, listener);
                }));
  }

  /// No archive: the WAL that is there is repeated to its end.
  private static Future<RecoverySource> local(
      ControlData control,
      WalArchive archive,
      @Nullable BackupLabel label,
      RecoveryListener listener) {
    tellLabel(label, listener);
    int start = label == null ? control.timeline() : label.timeline();
    // A recovery that had begun its own timeline may have died before the checkpoint on it.
    int wanted = Math.max(start, control.recovery().minTimeline());
    return history(wanted, archive, false)
        .map(history ->
            new RecoverySource(
                false,
                label,
                label != null,
                history,
                start,
                RecoveryTarget.of(RecoveryConfig.NONE),
                Action.PROMOTE));
  }

  private static Future<RecoverySource> requested(
      RecoveryConfig config,
      ControlData control,
      WalArchive archive,
      @Nullable BackupLabel label,
      RecoveryListener listener) {
    if (config.commands().get().restore().isEmpty()) {
      return Future.failedFuture(
          PgException.fatal(
              SqlState.INVALID_PARAMETER_VALUE,
              "must specify restore_command when standby mode is not enabled"));
    }
    RecoveryTarget target = RecoveryTarget.of(config);
    int start = label == null ? control.timeline() : label.timeline();
    boolean inArchive =
        label != null
            || control.recovery().minLsn() != 0
            || control.recovery().backupEndRequired()
            || control.state() == ControlData.State.SHUT_DOWN;
    return timeline(config.targetTimeline(), control.timeline(), archive)
        .compose(timeline -> {
          listener.report(PgException.log(target.announcement()));
          tellLabel(label, listener);
          return history(timeline, archive, true);
        })
        .map(history ->
            new RecoverySource(true, label, inArchive, history, start, target, action(config)));
  }

  private static void tellLabel(@Nullable BackupLabel label, RecoveryListener listener) {
    if (label != null) {
      listener.report(
          PgException.log(
              "starting backup recovery with redo LSN %s, checkpoint LSN %s, on timeline ID %d",
              Lsn.format(label.startLsn()), Lsn.format(label.checkpointLsn()), label.timeline()));
    }
  }

  /// A pause is for those who look around meanwhile. Nobody can, because no session is let in
  /// before the end of a recovery: it acts as a shutdown, as it does in a PostgreSQL without hot
  /// standby.
  private static Action action(RecoveryConfig config) {
    return config.targetAction().equals("promote") ? Action.PROMOTE : Action.SHUTDOWN;
  }

  private static Future<Integer> timeline(String wanted, int current, WalArchive archive) {
    return switch (wanted) {
      case "latest" -> newest(current, archive);
      case "current" -> Future.succeededFuture(current);
      default -> {
        int number = Integer.parseUnsignedInt(wanted);
        yield number == 1
            ? Future.succeededFuture(number)
            : archive
                .history(number, true)
                .map(found -> {
                  if (found.isEmpty()) {
                    throw PgException.fatal(
                        SqlState.INTERNAL_ERROR,
                        "recovery target timeline %d does not exist",
                        number);
                  }
                  return number;
                });
      }
    };
  }

  /// The newest timeline that has a history: they are made one after the other, without a gap.
  static Future<Integer> newest(int from, WalArchive archive) {
    return archive
        .history(from + 1, true)
        .compose(
            found -> found.isPresent() ? newest(from + 1, archive) : Future.succeededFuture(from));
  }

  private static Future<TimelineHistory> history(
      int timeline, WalArchive archive, boolean fromArchive) {
    if (timeline == 1) {
      return Future.succeededFuture(TimelineHistory.of(1));
    }
    return archive
        .history(timeline, fromArchive)
        .map((Optional<String> text) ->
            text.map(content -> TimelineHistory.parse(content, timeline))
                .orElseGet(() -> TimelineHistory.of(timeline)));
  }
}
