package dev.lifeline.observe.message;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of a server from the events so far, and what brings about the next one.
///
/// It is a fold over events, so that a new observer is told the last ones of the journal and goes
/// on as if the old one had never been killed. An event's cause is the sequence of the one before
/// it in one of the chains:
/// - crash -> terminations -> reinitialization -> redo -> end of redo -> checkpoint -> ready;
/// - shutdown request -> disconnections -> shutdown checkpoint -> shut down;
/// - connection received -> authorized -> closed -> exited; lock waited for -> acquired;
/// - SIGHUP -> each changed parameter;
/// - streaming started -> lost -> vain attempts; promotion requested -> walreceiver terminated, end
///   of redo -> new timeline -> recovery complete -> ready, first checkpoint.
public final class Story {
  /// The topic of the line that comes before an end that the postmaster did not want.
  static final String ABNORMAL = "abnormal_shutdown";

  private static final String WAL_RECEIVER = "walreceiver";

  /// What the startup process says when it is not a crash that it recovers from.
  private static final Set<String> ARCHIVE_RECOVERY =
      Set.of("archive_recovery", "point_in_time_recovery", "standby_mode");

  /// A process that lives.
  static final class Life {
    final Subject subject;
    final Instant born;
    @Nullable String sessionId;
    @Nullable String usename;
    @Nullable String datname;
    @Nullable String sqlstate;
    @Nullable String reason;

    /// Not just a client that is about to be refused.
    boolean authorized;

    /// The last event of its way in or out, 0 before any.
    long chain;

    LockEvent.@Nullable Waiting waiting;
    long waitingSequence;
    CheckpointEvent.Reason checkpoint = CheckpointEvent.Reason.REQUESTED;
    long checkpointSequence;

    /// What its next failure comes from: a deadlock, a wait that was given up.
    long trouble;

    Life(Subject subject, Instant born) {
      this.subject = subject;
      this.born = born;
    }

    double ageMs(Instant now) {
      return Math.max(0, Duration.between(born, now).toNanos() / 1e6);
    }
  }

  private static final int ENDS_MAX = 1024;

  private final Siblings siblings;
  private final Map<Integer, Life> lives = new HashMap<>();

  /// When those ended who ended last, by pid.
  private final Map<Integer, Instant> ends =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Instant> eldest) {
          return size() > ENDS_MAX;
        }
      };

  private int postmasterPid;
  private String state = "PM_INIT";
  private PostmasterEvent.@Nullable ShutdownMode shutdown;
  private boolean abnormal;

  /// Whether the startup process said that the WAL comes from elsewhere.
  private boolean archiveRecovery;

  private long redoLsn;

  private long started;
  private long crashed;
  private long stateChanged;
  private long recovery;
  private long requested;
  private long reloaded;
  private long lastCheckpoint;

  private final StandbyStory standby = new StandbyStory();

  /// Whether others' stream may come from here.
  private boolean primary;

  /// The story of a server that has no standby, or whose standbys are not observed.
  public Story() {
    this(new Siblings());
  }

  /// The story of one of the servers of a cluster.
  public Story(Siblings siblings) {
    this.siblings = siblings;
  }

  /// What the server itself says that it is.
  public void isPrimary(boolean itIs) {
    primary = itIs;
    if (itIs) {
      siblings.primaryRuns();
    }
  }

  /// Whether who began then had ended by the last event.
  public boolean hasEnded(int pid, Instant born) {
    Instant end = ends.get(pid);
    return end != null && !born.isAfter(end);
  }

  /// The process with this pid, or null when none is known to live.
  @Nullable Life life(int pid) {
    return lives.get(pid);
  }

  /// Everybody but the postmaster.
  List<Life> children() {
    List<Life> children = new ArrayList<>(lives.values());
    children.removeIf(life -> life.subject.pid() == postmasterPid);
    children.sort(Comparator.comparingInt(life -> life.subject.pid()));
    return children;
  }

  /// The pids of [#children].
  public List<Integer> childPids() {
    return children().stream().map(life -> life.subject.pid()).toList();
  }

  /// Whom a live pid belongs to, or null.
  public @Nullable Subject subject(int pid) {
    Life life = lives.get(pid);
    return life == null ? null : life.subject;
  }

  /// When a live process began.
  public @Nullable Instant born(int pid) {
    Life life = lives.get(pid);
    return life == null ? null : life.born;
  }

  /// Whether a live backend's client is known.
  public boolean isAuthorized(int pid) {
    Life life = lives.get(pid);
    return life != null && life.authorized;
  }

  public int postmasterPid() {
    return postmasterPid;
  }

  String state() {
    return state;
  }

  PostmasterEvent.@Nullable ShutdownMode shutdown() {
    return shutdown;
  }

  boolean abnormal() {
    return abnormal;
  }

  /// Why there is redo, as far as it was said. The end of redo is told in the same state as its
  /// beginning.
  RecoveryEvent.Reason recoveryReason() {
    if (archiveRecovery) {
      return RecoveryEvent.Reason.ARCHIVE;
    }
    return state.equals("PM_STARTUP") ? RecoveryEvent.Reason.CRASH : RecoveryEvent.Reason.UNKNOWN;
  }

  long redoLsn() {
    return redoLsn;
  }

  /// What there is to know of a server whose WAL comes from another.
  StandbyStory standby() {
    return standby;
  }

  /// What brings this event about: a sequence, or 0.
  public long causeOf(Subject subject, LifecycleEvent event) {
    Life life = lives.get(subject.pid());
    return switch (event) {
      case PostmasterEvent.Listening e -> started;
      case PostmasterEvent.StateChanged e -> causeOfState(e);
      case PostmasterEvent.ConfigReloaded e ->
          e.parameters().isEmpty() && e.error() == null ? 0 : reloaded;
      case PostmasterEvent.Stopped e -> first(lastCheckpoint, requested, stateChanged);
      case ProcessEvent.Terminated e ->
          subject.processType().equals(WAL_RECEIVER)
              ? first(standby.promotion(), crashed, requested)
              : first(crashed, requested);
      case ProcessEvent.Lost e -> started;
      case ProcessEvent.Exited e -> first(life == null ? 0 : life.chain, crashed, requested);
      case ProcessEvent.Ready e -> life == null ? 0 : life.chain;
      case ConnectionEvent.Received e -> life == null ? 0 : life.chain;
      case ConnectionEvent e -> first(life == null ? 0 : life.chain, requested);
      case CheckpointEvent.Started e -> causeOfCheckpoint(e.reason());
      case CheckpointEvent.Completed e -> life == null ? 0 : life.checkpointSequence;
      case RecoveryEvent.Started e -> first(stateChanged, started);
      case RecoveryEvent.NotRequired e -> first(standby.promotion(), stateChanged, started);
      case RecoveryEvent.Promoted e -> 0;
      case RecoveryEvent e -> recovery;
      case LockEvent.Waiting e -> 0;
      case LockEvent e -> life == null ? 0 : life.waitingSequence;
      case StatementEvent.Failed e -> life == null ? 0 : life.trouble;
      case ServerEvent.Logged e -> causeOfLogged(subject, e);
      case ProcessEvent.Forked e ->
          subject.processType().equals("startup") ? first(stateChanged, started) : 0;
      default -> 0;
    };
  }

  private long causeOfLogged(Subject subject, ServerEvent.Logged event) {
    String topic = event.topic();
    if (topic != null && topic.equals("shutting_down")) {
      return requested;
    }
    return switch (subject.processType()) {
      case "startup" ->
          ReplicationWording.WAITING_FOR_WAL.equals(topic)
              ? first(standby.streaming(), recovery)
              : first(recovery, stateChanged, started);
      case WAL_RECEIVER ->
          ReplicationWording.STREAMING_LOST.equals(topic)
              ? first(siblings.primaryTrouble(), standby.streaming())
              : first(standby.streaming(), recovery, stateChanged);
      default -> 0;
    };
  }

  private long causeOfState(PostmasterEvent.StateChanged event) {
    return switch (event.toState()) {
      case "PM_RUN", "PM_HOT_STANDBY" -> first(recovery, stateChanged, started);
      case "PM_STARTUP", "PM_WAIT_BACKENDS" -> first(crashed, requested, stateChanged);
      default -> first(requested, crashed, stateChanged);
    };
  }

  private long causeOfCheckpoint(CheckpointEvent.Reason reason) {
    return switch (reason) {
      case SHUTDOWN -> requested;
      case END_OF_RECOVERY -> recovery;
      case REQUESTED -> standby.promotion();
      case TIME, WAL -> 0;
    };
  }

  private static long first(long... candidates) {
    for (long candidate : candidates) {
      if (candidate != 0) {
        return candidate;
      }
    }
    return 0;
  }

  /// Learns from an event that is on the log.
  ///
  /// @param sessionId whose record it was read in, null for what was not read in the log
  public void learn(
      long sequence,
      Instant time,
      Subject subject,
      LifecycleEvent event,
      @Nullable String sessionId) {
    switch (event) {
      case PostmasterEvent e -> postmaster(sequence, time, subject, e, sessionId);
      case ProcessEvent e -> process(sequence, time, subject, e, sessionId);
      case ConnectionEvent e -> connection(sequence, subject, e);
      case CheckpointEvent e -> checkpoint(sequence, subject, e);
      case RecoveryEvent e -> recovery(sequence, e);
      case LockEvent e -> lock(sequence, subject, e);
      case ServerEvent.Logged e -> logged(sequence, subject, e);
      case ObserverEvent.Detached e -> primaryFails(sequence);
      default -> {}
    }
  }

  /// A FATAL is why the session ends; the line that tells of its end does not say so again.
  private void logged(long sequence, Subject subject, ServerEvent.Logged event) {
    Life life = lives.get(subject.pid());
    if (life != null && event.errorSeverity().equals("FATAL")) {
      life.sqlstate = event.sqlstate();
      life.reason = event.message();
    }
    abnormal |= ABNORMAL.equals(event.topic());
    archiveRecovery |= event.topic() != null && ARCHIVE_RECOVERY.contains(event.topic());
    if (standby.said(sequence, event)) {
      recovery = sequence;
    }
  }

  private void primaryFails(long sequence) {
    if (primary) {
      siblings.primaryFails(sequence);
    }
  }

  private void postmaster(
      long sequence,
      Instant time,
      Subject subject,
      PostmasterEvent event,
      @Nullable String sessionId) {
    switch (event) {
      case PostmasterEvent.Started e -> {
        postmasterPid = subject.pid();
        Life self = new Life(subject, time);
        self.sessionId = sessionId;
        lives.put(subject.pid(), self);
        state = "PM_STARTUP";
        forgetRun();
        standby.starts();
        shutdown = null;
        abnormal = false;
        started = sequence;
      }
      case PostmasterEvent.StateChanged e -> {
        state = e.toState();
        stateChanged = sequence;
        isPrimary(state.equals("PM_RUN"));
        if (state.equals("PM_RUN")) {
          forgetRun();
          standby.runs(sequence);
        }
      }
      case PostmasterEvent.ShutdownRequested e -> {
        shutdown = e.mode();
        requested = sequence;
        lastCheckpoint = 0;
        primaryFails(sequence);
      }
      case PostmasterEvent.ConfigReloaded e -> {
        if (e.parameters().isEmpty() && e.error() == null) {
          reloaded = sequence;
        }
      }
      case PostmasterEvent.Stopped e -> {
        lives.clear();
        state = "PM_NO_CHILDREN";
        forgetRun();
        shutdown = null;
      }
      case PostmasterEvent.ConfigLoaded e -> {}
      case PostmasterEvent.Listening e -> {}
      case PostmasterEvent.SharedMemoryInitialized e -> {}
    }
  }

  private void forgetRun() {
    archiveRecovery = false;
    crashed = 0;
    recovery = 0;
    requested = 0;
    stateChanged = 0;
    lastCheckpoint = 0;
  }

  private void process(
      long sequence,
      Instant time,
      Subject subject,
      ProcessEvent event,
      @Nullable String sessionId) {
    Life life = lives.get(subject.pid());
    switch (event) {
      case ProcessEvent.Forked e -> {
        Life born = new Life(subject, time);
        born.sessionId = sessionId;
        born.chain = sequence;
        lives.put(subject.pid(), born);
        if (e.parentPid() != 0) {
          postmasterPid = e.parentPid();
        }
      }
      case ProcessEvent.Exited e -> {
        lives.remove(subject.pid());
        ends.put(subject.pid(), time);
      }
      case ProcessEvent.Lost e -> lives.remove(subject.pid());
      case ProcessEvent.Crashed e -> {
        lives.remove(subject.pid());
        crashed = sequence;
        primaryFails(sequence);
      }
      case ProcessEvent.Terminated e -> {
        if (life != null) {
          life.chain = sequence;
          life.trouble = sequence;
          life.sqlstate = e.signal().equals("SIGQUIT") ? "57P02" : "57P01";
          life.reason = e.reason();
        }
      }
      case ProcessEvent.Ready e -> {}
      case ProcessEvent.Restarted e -> {}
    }
  }

  private void connection(long sequence, Subject subject, ConnectionEvent event) {
    Life life = lives.get(subject.pid());
    if (life == null) {
      return;
    }
    life.chain = sequence;
    switch (event) {
      case ConnectionEvent.Authorized e -> {
        life.authorized = true;
        life.usename = e.usename();
        life.datname = e.datname();
      }
      case ConnectionEvent.Rejected e -> {
        life.sqlstate = e.sqlstate();
        life.reason = e.reason();
      }
      case ConnectionEvent.Received e -> {}
      case ConnectionEvent.Secured e -> {}
      case ConnectionEvent.Authenticated e -> {}
      case ConnectionEvent.Closed e -> {}
    }
  }

  private void checkpoint(long sequence, Subject subject, CheckpointEvent event) {
    Life life = lives.get(subject.pid());
    switch (event) {
      case CheckpointEvent.Started e -> {
        if (life != null) {
          life.checkpoint = e.reason();
          life.checkpointSequence = sequence;
        }
        if (e.reason() == CheckpointEvent.Reason.REQUESTED) {
          standby.checkpointed();
        }
      }
      case CheckpointEvent.Completed e -> {
        lastCheckpoint = e.reason() == CheckpointEvent.Reason.SHUTDOWN ? sequence : 0;
        if (e.reason() == CheckpointEvent.Reason.END_OF_RECOVERY) {
          recovery = sequence;
        }
      }
      case CheckpointEvent.Skipped e -> {}
    }
  }

  private void recovery(long sequence, RecoveryEvent event) {
    recovery = sequence;
    standby.recovery(sequence, event);
    if (event instanceof RecoveryEvent.Started e) {
      redoLsn = e.redoLsn();
    }
  }

  private void lock(long sequence, Subject subject, LockEvent event) {
    Life life = lives.get(subject.pid());
    if (life == null) {
      return;
    }
    switch (event) {
      case LockEvent.Waiting e -> {
        life.waiting = e;
        life.waitingSequence = sequence;
      }
      case LockEvent.Acquired e -> life.waiting = null;
      case LockEvent.WaitCancelled e -> endWait(life, sequence);
      case LockEvent.DeadlockDetected e -> endWait(life, sequence);
    }
  }

  private static void endWait(Life life, long sequence) {
    life.waiting = null;
    life.trouble = sequence;
  }
}
