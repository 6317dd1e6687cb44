package dev.lifeline.observe.message;

import dev.lifeline.events.Lsn;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Standbys, promotion, slots, walsenders and logical replication.
final class ReplicationWording {
  private static final String LSN = "([0-9A-F]+/[0-9A-F]+)";
  private static final Pattern START =
      Pattern.compile(
          "START_REPLICATION (?:SLOT \"?([^\" ]+)\"? )?(?:PHYSICAL |LOGICAL )?" + LSN + ".*",
          Pattern.DOTALL);
  private static final Pattern CREATE_SLOT =
      Pattern.compile(
          "CREATE_REPLICATION_SLOT \"?([^\" ]+)\"? (?:TEMPORARY )?(PHYSICAL|LOGICAL)"
              + "(?: \"?(\\w+)\"?)?.*",
          Pattern.DOTALL);
  private static final Pattern DROP_SLOT =
      Pattern.compile("DROP_REPLICATION_SLOT \"?([^\" ;]+)\"?.*", Pattern.DOTALL);

  static final String STREAMING_STARTED = "streaming_started";
  static final String STREAMING_RESTARTED = "streaming_restarted";
  static final String STREAMING_ENDED = "streaming_ended";
  static final String STREAMING_LOST = "streaming_lost";
  static final String PRIMARY_UNREACHABLE = "primary_unreachable";
  static final String WAITING_FOR_WAL = "waiting_for_wal";
  static final String RECOVERY_STOPPING = "recovery_stopping";
  static final String RECOVERY_COMPLETE = "archive_recovery_complete";

  /// What is said of a standby's stream, from its beginning to the vain attempts to have it again.
  static final Set<String> STREAMING =
      Set.of(
          STREAMING_STARTED,
          STREAMING_RESTARTED,
          STREAMING_ENDED,
          STREAMING_LOST,
          PRIMARY_UNREACHABLE);

  /// Why a timeline begins where nothing told the recovery to stop, as PostgreSQL writes it into
  /// the timeline's history file.
  private static final String NO_TARGET = "no recovery target specified";

  private ReplicationWording() {}

  static void addTo(Rules rules) {
    standby(rules);
    sender(rules);
    logical(rules);
  }

  private static void standby(Rules rules) {
    rules
        .keep("standby_mode", "entering standby mode")
        .keep("archive_recovery", "starting archive recovery")
        .keep("point_in_time_recovery", "starting point-in-time recovery to (.*)", "target")
        .keep("backup_recovery", "starting backup recovery with redo LSN " + LSN + ".*", "redo_lsn")
        .keep("backup_recovery_completed", "completed backup recovery with .*")
        .keep("restored", "restored log file \"(.+)\" from archive", "wal_file")
        .keep(
            STREAMING_STARTED,
            "started streaming WAL from primary at " + LSN + " on timeline (\\d+)",
            "lsn",
            "timeline")
        .keep(
            STREAMING_RESTARTED,
            "restarted WAL streaming at " + LSN + " on timeline (\\d+)",
            "lsn",
            "timeline")
        .keep(STREAMING_ENDED, "replication terminated by primary server")
        .keep(
            STREAMING_ENDED,
            "primary server contains no more WAL on requested timeline (\\d+)",
            "timeline")
        .on("received promote request", ReplicationWording::promoted)
        .on("promote trigger file found: .+", ReplicationWording::promoted)
        .on("selected new timeline ID: (\\d+)", ReplicationWording::newTimeline)
        .keep(RECOVERY_COMPLETE, "archive recovery complete")
        .keep("new_target_timeline", "new target timeline is (\\d+)", "timeline")
        .keep(
            "timeline_refused",
            "new timeline (\\d+) (?:is not a child of|forked off current) database system timeline"
                + " (\\d+).*",
            "timeline",
            "current_timeline")
        .keep(
            "timeline_history_fetched",
            "fetching timeline history file for timeline (\\d+) from primary server",
            "timeline")
        .keep(RECOVERY_STOPPING, "recovery stopping (before|after|at) (.*)", "where", "target")
        .keep("recovery_paused", "pausing at the end of recovery")
        .keep("recovery_paused", "recovery has paused")
        .keep(WAITING_FOR_WAL, "waiting for WAL to become available at " + LSN, "lsn")
        .keep(
            "recovery_conflict",
            "recovery (still|finished) waiting after ([\\d.]+) ms: recovery conflict on (.*)",
            "state",
            "waited_ms",
            "conflict");
  }

  private static boolean promoted(Line line, Matcher text) {
    line.tell(new RecoveryEvent.Promoted(Lsn.INVALID)); // the end of WAL is not known yet
    return true;
  }

  /// The log says neither where the old timeline ends nor which it was; a standby has said which
  /// one it was streaming.
  private static boolean newTimeline(Line line, Matcher text) {
    int to = Integer.parseInt(text.group(1));
    int from = line.story.standby().timeline() == 0 ? to - 1 : line.story.standby().timeline();
    String target = line.story.standby().recoveryTarget();
    line.tell(
        new RecoveryEvent.TimelineSwitched(
            from, to, Lsn.INVALID, target == null ? NO_TARGET : target));
    return true;
  }

  private static void sender(Rules rules) {
    rules
        .on("received replication command: (.*)", ReplicationWording::command)
        .keep(
            "synchronous_standby",
            "standby \"(.+)\" is now a (?:candidate for quorum )?synchronous standby.*",
            "application_name")
        .keep(
            "slot_invalidated",
            "invalidating (?:obsolete )?(?:replication )?slot \"(.+?)\".*",
            "slot_name")
        .keep(
            "slot_terminating",
            "terminating process (\\d+) to release replication slot \"(.+)\"",
            "pid",
            "slot_name")
        .keep(
            "slot_acquired", "acquired (?:logical|physical) replication slot \"(.+)\"", "slot_name")
        .keep(
            "slot_released", "released (?:logical|physical) replication slot \"(.+)\"", "slot_name")
        .keep(
            "snapshot_exported",
            "exported logical decoding snapshot: \"(.+)\" with (\\d+) transaction IDs?",
            "snapshot",
            "transactions")
        .keep(
            "synchronous_priority",
            "standby \"(.+)\" now has synchronous standby priority (\\d+)",
            "application_name",
            "sync_priority")
        .keep("walsender_timeout", "terminating walsender process due to replication timeout")
        .keep("walsender_ended", "terminating walsender process after promotion")
        .keep("slotsync_started", "slot sync worker started")
        .keep("slotsync", "replication slot synchronization (?:worker )?will (.*)", "what")
        .keep(
            "slot_synchronized",
            "newly created replication slot \"(.+)\" is sync-ready now",
            "slot_name");
  }

  private static boolean command(Line line, Matcher text) {
    String command = text.group(1).strip();
    Matcher start = START.matcher(command);
    Matcher create = CREATE_SLOT.matcher(command);
    Matcher drop = DROP_SLOT.matcher(command);
    if (start.matches()) {
      line.tell(
          new ReplicationEvent.SenderStarted(
              line.record.applicationName(),
              line.record.remoteHost(),
              start.group(1),
              Lsn.parse(start.group(2))));
    } else if (create.matches()) {
      boolean logical = create.group(2).equals("LOGICAL");
      line.tell(
          new ReplicationEvent.SlotCreated(
              create.group(1),
              logical ? "logical" : "physical",
              logical ? create.group(3) : null,
              Lsn.INVALID));
    } else if (drop.matches()) {
      line.tell(new ReplicationEvent.SlotDropped(drop.group(1)));
    } else {
      int end = command.indexOf(' ');
      line.keep("replication_command", "command", end < 0 ? command : command.substring(0, end));
    }
    return true;
  }

  private static void logical(Rules rules) {
    rules
        .on(
            "logical replication apply worker for subscription \"(.+)\" has started",
            (line, text) -> {
              line.tell(new ReplicationEvent.SubscriptionStarted(text.group(1), null, Lsn.INVALID));
              return true;
            })
        .keep(
            "tablesync",
            "logical replication table synchronization worker for subscription \"(.+)\","
                + " table \"(.+)\" has (started|finished)",
            "subname",
            "relname",
            "state")
        .keep(
            "apply_worker",
            "logical replication (?:apply|parallel apply) worker for subscription \"(.+)\" (.*)",
            "subname",
            "what")
        .keep(
            "apply_worker",
            "logical replication worker for subscription \"(.+)\" (.*)",
            "subname",
            "what")
        .keep("launcher_started", "logical replication launcher started")
        .keep("launcher_stopped", "logical replication launcher shutting down")
        .keep("decoding_started", "starting logical decoding for slot \"(.+)\"", "slot_name")
        .keep(
            "decoding_consistent",
            "logical decoding found (?:initial )?consistent point at " + LSN,
            "lsn")
        .keep("decoding_begun", "logical decoding found initial starting point at " + LSN, "lsn");
  }

  private static boolean isReceiver(Line line) {
    return line.subject.processType().equals("walreceiver");
  }

  /// The walreceiver's last words: it ends with a FATAL, whatever it ends for.
  static boolean receiverEnded(Line line, String sqlstate) {
    if (!isReceiver(line)) {
      return false;
    }
    if (sqlstate.equals("57P01")) {
      line.tell(new ProcessEvent.Terminated("SIGTERM", line.record.message()));
    } else {
      String message = line.record.message();
      boolean never = message.contains("could not connect to the primary server");
      line.keep(never ? PRIMARY_UNREACHABLE : STREAMING_LOST);
    }
    Story.Life life = line.life();
    double age = life == null ? 0 : life.ageMs(line.record.timestamp());
    line.also(line.subject, new ProcessEvent.Exited(1, age));
    return true;
  }

  /// An error of a process that applies changes of another server.
  static boolean failed(Line line, String sqlstate) {
    String subscription = subscription(line.record.context());
    boolean applies = line.subject.processType().startsWith("logical replication");
    if (!applies || subscription == null) {
      return false;
    }
    line.tell(
        new ReplicationEvent.ApplyFailed(
            subscription,
            sqlstate,
            line.redaction.isOn() && line.redaction.message(line.record) == null
                ? "" // it may quote a row
                : line.record.message(),
            Lsn.INVALID));
    return true;
  }

  /// The origin's name ends in the subscription's oid: all that the log has of it.
  private static @Nullable String subscription(@Nullable String context) {
    int at = context == null ? -1 : context.indexOf("replication origin \"");
    if (context == null || at < 0) {
      return null;
    }
    int from = at + "replication origin \"".length();
    int end = context.indexOf('"', from);
    return end < 0 ? null : context.substring(from, end);
  }
}
