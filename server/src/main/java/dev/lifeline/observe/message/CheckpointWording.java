package dev.lifeline.observe.message;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.CheckpointEvent.Reason;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.WalEvent;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the checkpointer and the archiver say.
final class CheckpointWording {
  private static final Pattern WAL_FILE = Pattern.compile("\\b([0-9A-F]{24})\\b");
  private static final Pattern ARCHIVE_EXIT = Pattern.compile(".* exit code (\\d+)");
  private static final double SECONDS = 1000; // in milliseconds
  private static final long KB = 1024;

  private CheckpointWording() {}

  static void addTo(Rules rules) {
    for (String kind : new String[] {"checkpoint", "restartpoint"}) {
      rules
          .on(
              kind + " starting:(.*)",
              (line, text) -> {
                line.tell(new CheckpointEvent.Started(reason(text.group(1)), Lsn.INVALID));
                return true;
              })
          .on(
              kind
                  + " complete: wrote (\\d+) buffers [^;]*; (\\d+) WAL file\\(s\\) added,"
                  + " (\\d+) removed, (\\d+) recycled; write=([\\d.]+) s, sync=([\\d.]+) s,"
                  + " total=([\\d.]+) s; sync files=(\\d+), longest=([\\d.]+) s,"
                  + " average=([\\d.]+) s; distance=(\\d+) kB, estimate=(\\d+) kB"
                  + "(?:; lsn=(\\S+), redo lsn=(\\S+))?",
              CheckpointWording::completed);
    }
    rules
        .keep(
            "checkpoints_too_frequent",
            "checkpoints are occurring too frequently \\((\\d+) seconds? apart\\)",
            "seconds_apart")
        .keep("restore_point", "restore point \"(.+)\" created at (\\S+)", "name", "lsn")
        .keep("recovery_restart_point", "recovery restart point at (\\S+)", "redo_lsn")
        .on(
            "archive command (?:failed with exit code|was terminated by).*",
            CheckpointWording::archiveFailed)
        .keep(
            "archiving_given_up",
            "archiving write-ahead log file \"(.+)\" failed too many times, will try again later",
            "wal_file")
        .on(
            "archived write-ahead log file \"(.+)\"",
            (line, text) -> {
              line.tell(new WalEvent.SegmentArchived(text.group(1), 0));
              return true;
            });
  }

  /// The words are flags in a fixed order; one says what asked for it, most often.
  private static Reason reason(String flags) {
    if (flags.contains("end-of-recovery")) {
      return Reason.END_OF_RECOVERY;
    } else if (flags.contains("shutdown")) {
      return Reason.SHUTDOWN;
    } else if (flags.contains("time")) {
      return Reason.TIME;
    } else if (flags.contains("wal") && !flags.contains("force")) {
      return Reason.WAL;
    }
    return Reason.REQUESTED;
  }

  private static boolean completed(Line line, Matcher text) {
    Story.Life life = line.life();
    line.tell(
        new CheckpointEvent.Completed(
            life == null ? Reason.REQUESTED : life.checkpoint,
            lsn(text.group(13)),
            lsn(text.group(14)),
            Long.parseLong(text.group(1)),
            Integer.parseInt(text.group(2)),
            Integer.parseInt(text.group(3)),
            Integer.parseInt(text.group(4)),
            Integer.parseInt(text.group(8)),
            SECONDS * Double.parseDouble(text.group(9)),
            SECONDS * Double.parseDouble(text.group(10)),
            SECONDS * Double.parseDouble(text.group(5)),
            SECONDS * Double.parseDouble(text.group(6)),
            0,
            SECONDS * Double.parseDouble(text.group(7)),
            KB * Long.parseLong(text.group(11)),
            KB * Long.parseLong(text.group(12))));
    return true;
  }

  private static long lsn(@Nullable String text) {
    return text == null ? Lsn.INVALID : Lsn.parse(text);
  }

  private static boolean archiveFailed(Line line, Matcher text) {
    String detail = line.record.detail();
    Matcher file = WAL_FILE.matcher(detail == null ? "" : detail);
    Matcher code = ARCHIVE_EXIT.matcher(line.record.message());
    line.tell(
        new WalEvent.ArchiveFailed(
            file.find() ? file.group(1) : "",
            code.matches() ? Integer.valueOf(code.group(1)) : null,
            line.record.message(),
            0));
    return true;
  }
}
