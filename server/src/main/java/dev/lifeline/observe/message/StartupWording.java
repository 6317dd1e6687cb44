package dev.lifeline.observe.message;

import dev.lifeline.events.Lsn;
import dev.lifeline.events.RecoveryEvent;
import java.util.regex.Matcher;

/// What the startup process says: the state that the cluster was left in, and redo.
final class StartupWording {
  private static final String LSN = "([0-9A-F]+/[0-9A-F]+)";

  private StartupWording() {}

  static void addTo(Rules rules) {
    rules
        .on(
            "database system was shut down at (.+)",
            (line, text) -> {
              line.tell(new RecoveryEvent.NotRequired(Lsn.INVALID));
              return true;
            })
        .on(
            "redo is not required",
            (line, text) -> {
              line.tell(new RecoveryEvent.NotRequired(Lsn.INVALID));
              return true;
            })
        .on("redo starts at " + LSN, StartupWording::redoStarts)
        .on(
            "redo in progress, elapsed time: ([\\d.]+) s, current LSN: " + LSN,
            (line, text) -> {
              long current = Lsn.parse(text.group(2));
              line.tell(
                  new RecoveryEvent.Progressed(
                      current,
                      0,
                      Math.max(0, current - line.story.redoLsn()),
                      1000 * Double.parseDouble(text.group(1))));
              return true;
            })
        .on("redo done at " + LSN + "(?:.*elapsed: ([\\d.]+) s)?", StartupWording::redoDone)
        .keep("shut_down_in_recovery", "database system was shut down in recovery at (.+)", "at")
        .keep(
            "interrupted",
            "database system was interrupted; last known up at (.+)",
            "last_known_up")
        .keep(
            "interrupted_in_recovery",
            "database system was interrupted while in recovery at (?:log time )?(.+)",
            "at")
        .keep("interrupted_in_shutdown", "database system shutdown was interrupted.*")
        .keep(
            "not_properly_shut_down",
            "database system was not properly shut down; automatic recovery in progress")
        .keep("end_of_wal", "invalid record length at " + LSN + ": .*", "lsn")
        .keep("end_of_wal", "invalid magic number .*")
        .keep("end_of_wal", "unexpected pageaddr " + LSN + " in .*", "lsn")
        .keep("consistent", "consistent recovery state reached at " + LSN, "lsn")
        .keep("last_transaction", "last completed transaction was at log time (.+)", "at")
        .keep(
            "sync_data_directory",
            "syncing data directory .*elapsed time: ([\\d.]+) s.*",
            "elapsed_s");
  }

  private static boolean redoStarts(Line line, Matcher text) {
    RecoveryEvent.Reason reason = line.story.recoveryReason();
    line.tell(new RecoveryEvent.Started(reason, Lsn.INVALID, Lsn.parse(text.group(1))));
    return true;
  }

  private static boolean redoDone(Line line, Matcher text) {
    long end = Lsn.parse(text.group(1));
    long redo = line.story.redoLsn();
    line.tell(
        new RecoveryEvent.Completed(
            line.story.recoveryReason(),
            redo,
            end,
            0,
            Math.max(0, end - redo),
            text.group(2) == null ? 0 : 1000 * Double.parseDouble(text.group(2))));
    return true;
  }
}
