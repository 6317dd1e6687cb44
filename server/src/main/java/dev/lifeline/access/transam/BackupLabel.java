package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a base copy has to carry so that recovery begins where the copying did: PostgreSQL's file
/// `backup_label`. The backup history file is the same with the end added.
///
/// @param startLsn the redo point that recovery begins from
/// @param startFile the segment that it is in
/// @param checkpointLsn the checkpoint's record
/// @param startTime as people read it
/// @param label of whoever made it
/// @param timeline of the start
public record BackupLabel(
    long startLsn,
    String startFile,
    long checkpointLsn,
    String startTime,
    String label,
    int timeline) {
  /// Where recovery looks for it.
  public static final String PATH = "backup_label";

  /// What it is called when recovery has taken it over.
  static final String OLD = "backup_label.old";

  private static final Pattern START =
      Pattern.compile(
          "START WAL LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{24})\\)\\n"
              + "CHECKPOINT LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8})\\n");
  private static final Pattern FIELD = Pattern.compile("([A-Z ]+): (.*)");

  /// What the file says.
  public String text() {
    return head() + tail();
  }

  private String head() {
    return "START WAL LOCATION: %s (file %s)\n".formatted(Lsn.format(startLsn), startFile);
  }

  private String tail() {
    return String.format(
        Locale.ROOT,
        """
        CHECKPOINT LOCATION: %s
        BACKUP METHOD: streamed
        BACKUP FROM: primary
        START TIME: %s
        LABEL: %s
        START TIMELINE: %d
        """,
        Lsn.format(checkpointLsn),
        startTime,
        label,
        timeline);
  }

  /// What the backup history file says.
  String history(long stopLsn, String stopFile, String stopTime, int stopTimeline) {
    return head()
        + "STOP WAL LOCATION: %s (file %s)\n".formatted(Lsn.format(stopLsn), stopFile)
        + tail()
        + "STOP TIME: %s\nSTOP TIMELINE: %d\n".formatted(stopTime, stopTimeline);
  }

  /// The history file's name: it sorts behind the segment that the backup began in.
  String historyFile(int segmentSize) {
    return String.format(Locale.ROOT, "%s.%08X.backup", startFile, startLsn & (segmentSize - 1L));
  }

  /// Reads the file.
  ///
  /// @throws PgException when it is none, or belongs to a backup that only a standby can make
  static BackupLabel parse(String text) {
    Matcher start = START.matcher(text);
    if (!start.lookingAt()) {
      throw invalid("");
    }
    String method = "";
    String from = "";
    String time = "";
    String label = "";
    int timeline = (int) Long.parseLong(start.group(2), 0, 8, 16);
    int inFile = timeline;
    for (String line : text.substring(start.end()).split("\n", -1)) {
      Matcher field = FIELD.matcher(line);
      if (field.matches()) {
        switch (field.group(1)) {
          case "BACKUP METHOD" -> method = field.group(2);
          case "BACKUP FROM" -> from = field.group(2);
          case "START TIME" -> time = field.group(2);
          case "LABEL" -> label = field.group(2);
          case "START TIMELINE" -> inFile = Integer.parseInt(field.group(2).strip());
          default -> {}
        }
      }
    }
    if (inFile != timeline) {
      throw invalid("").detail("Timeline ID parsed is %d, but expected %d.", inFile, timeline);
    }
    if (from.equals("standby")) {
      throw PgException.notSupported("recovery from a base backup that was made of a standby");
    }
    if (!method.equals("streamed")) {
      throw PgException.notSupported("recovery from a base backup that has no end record");
    }
    return new BackupLabel(
        Lsn.parse(start.group(1)),
        start.group(2),
        Lsn.parse(start.group(3)),
        time,
        label,
        timeline);
  }

  private static PgException invalid(String why) {
    return PgException.fatal(
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "invalid data in file \"%s\"%s", PATH, why);
  }
}
