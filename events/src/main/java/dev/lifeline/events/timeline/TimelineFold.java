package dev.lifeline.events.timeline;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.codec.Names;
import dev.lifeline.events.codec.TimeText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Turns events into ticks and slices: who lives on which row, and what has begun and not ended.
///
/// A log may begin in the middle. Who is not known when an event about him comes is taken to live
/// from there on.
final class TimelineFold {
  private static final String POSTMASTER = "postmaster";
  private static final int ENDED_MAX = 4096;

  private final Rows rows;
  private final Consumer<Slice> ended;
  private final Map<Integer, Slice> alive = new HashMap<>();
  private final List<Slice> open = new ArrayList<>();

  /// Where those lived who have ended: what is told of them afterwards, such as that they were
  /// lost, is no new life.
  private final Map<Integer, Integer> rowsOfTheEnded =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
          return size() > ENDED_MAX;
        }
      };

  private Place last;

  /// @param ended takes the slices that have ended
  TimelineFold(Rows rows, Place last, List<Slice> lives, List<Slice> open, Consumer<Slice> ended) {
    this.rows = rows;
    this.last = last;
    this.ended = ended;
    for (Slice life : lives) {
      alive.put(life.pid(), life);
      rows.takeAgain(life.row());
    }
    this.open.addAll(open);
  }

  Rows rows() {
    return rows;
  }

  Place last() {
    return last;
  }

  /// The lives of those who live.
  List<Slice> lives() {
    return List.copyOf(alive.values());
  }

  /// What else has begun.
  List<Slice> open() {
    return List.copyOf(open);
  }

  Tick apply(Envelope envelope) {
    Place before = last;
    Place place = place(envelope);
    last = place;
    if (envelope.event() instanceof PostmasterEvent.Started) {
      new ArrayList<>(alive.values()).forEach(life -> loseWhoLived(life, before));
    }
    int row = rowOf(envelope, place);
    slices(envelope, row, place);
    Tick tick =
        new Tick(
            place,
            row,
            envelope.subject().pid(),
            Tick.type(envelope.event()),
            Group.of(envelope),
            envelope.cause(),
            Tick.durationMs(envelope));
    end(envelope, place);
    return tick;
  }

  private void loseWhoLived(Slice life, Place before) {
    finish(life.pid(), before, Slice.End.LOST);
  }

  private Place place(Envelope envelope) {
    long time = Math.max(last.time(), TimeText.toMicros(envelope.time()));
    long passed = last.sequence() == 0 ? 0 : time - last.time();
    boolean idle =
        envelope.event() instanceof StatsEvent.Reported stats
            && stats.xactCommit() + stats.xactRollback() <= 1;
    long active = last.active() + (idle ? 0 : Math.min(passed, Axis.IDLE_MICROS_MAX));
    return new Place(time, active, Math.max(last.lsn(), Tick.lsn(envelope)), envelope.sequence());
  }

  private int rowOf(Envelope envelope, Place place) {
    int pid = envelope.subject().pid();
    String type = envelope.subject().processType();
    if (pid == 0) {
      return rows.number(new Row(type, 0)); // work done before its process is forked
    }
    boolean birth =
        envelope.event() instanceof ProcessEvent.Forked
            || envelope.event() instanceof PostmasterEvent.Started;
    Slice life = alive.get(pid);
    if (life != null && !birth) {
      return life.row(); // also when an event calls it otherwise: a pid is one process
    }
    Integer ended = birth || life != null ? null : rowsOfTheEnded.get(pid);
    if (ended != null) {
      return ended;
    }
    if (ends(envelope) && life == null) {
      return rows.number(new Row(type, 0));
    }
    if (life != null) {
      finish(pid, place, Slice.End.LOST); // its end is not on the log, but its pid is used again
    }
    rowsOfTheEnded.remove(pid);
    int row = rows.take(type);
    alive.put(pid, new Slice(Slice.Kind.LIFE, Slice.End.OPEN, row, pid, place, place, type));
    return row;
  }

  private static boolean ends(Envelope envelope) {
    return endOf(envelope) != null;
  }

  private static Slice.@Nullable End endOf(Envelope envelope) {
    return switch (envelope.event()) {
      case ProcessEvent.Exited e -> Slice.End.DONE;
      case ProcessEvent.Crashed e -> Slice.End.CRASHED;
      case ProcessEvent.Lost e -> Slice.End.LOST;
      case PostmasterEvent.Stopped e -> Slice.End.DONE;
      default -> null;
    };
  }

  private void end(Envelope envelope, Place place) {
    Slice.End end = endOf(envelope);
    if (end == null) {
      return;
    }
    int ended = envelope.subject().pid();
    // Of a postmaster that was killed, its successor tells: with that one nobody ends.
    if (envelope.subject().processType().equals(POSTMASTER) && alive.containsKey(ended)) {
      new ArrayList<>(alive.keySet()).forEach(pid -> finish(pid, place, end));
    } else {
      finish(ended, place, end);
    }
  }

  private void finish(int pid, Place place, Slice.End end) {
    Slice life = alive.remove(pid);
    closeWhere(slice -> slice.pid() == pid, place, end);
    if (life != null) {
      rowsOfTheEnded.put(pid, life.row());
      rows.release(life.row());
      ended.accept(closed(life, place, end));
    }
  }

  private static Slice closed(Slice slice, Place place, Slice.End end) {
    return new Slice(
        slice.kind(), end, slice.row(), slice.pid(), slice.from(), place, slice.label());
  }

  private void closeWhere(Predicate<Slice> which, Place place, Slice.End end) {
    open.removeIf(slice -> {
      boolean matches = which.test(slice);
      if (matches) {
        ended.accept(closed(slice, place, end));
      }
      return matches;
    });
  }

  private void slices(Envelope envelope, int row, Place place) {
    int pid = envelope.subject().pid();
    switch (envelope.event()) {
      case PostmasterEvent.StateChanged e -> {
        close(Slice.Kind.STATE, pid, place, Slice.End.DONE);
        begin(Slice.Kind.STATE, row, pid, place, e.toState());
      }
      case ConnectionEvent.Authorized e -> begin(Slice.Kind.SESSION, row, pid, place, session(e));
      case ConnectionEvent.Closed e -> close(Slice.Kind.SESSION, pid, place, Slice.End.DONE);
      case CheckpointEvent.Started e ->
          begin(
              Slice.Kind.CHECKPOINT, row, pid, place, "checkpoint: " + Names.enumText(e.reason()));
      case CheckpointEvent.Completed e -> close(Slice.Kind.CHECKPOINT, pid, place, Slice.End.DONE);
      case CheckpointEvent.Skipped e ->
          close(Slice.Kind.CHECKPOINT, pid, place, Slice.End.CANCELLED);
      case RecoveryEvent.Started e ->
          begin(Slice.Kind.RECOVERY, row, pid, place, "redo from " + Lsn.format(e.redoLsn()));
      case RecoveryEvent.Completed e -> close(Slice.Kind.RECOVERY, pid, place, Slice.End.DONE);
      case VacuumEvent.Started e ->
          begin(Slice.Kind.VACUUM, row, pid, place, "vacuum " + e.schemaname() + "." + e.relname());
      case VacuumEvent.Completed e -> close(Slice.Kind.VACUUM, pid, place, Slice.End.DONE);
      case VacuumEvent.Cancelled e -> close(Slice.Kind.VACUUM, pid, place, Slice.End.CANCELLED);
      case LockEvent.Waiting e ->
          begin(Slice.Kind.LOCK, row, pid, place, e.mode() + " on " + e.target());
      case LockEvent.Acquired e -> close(Slice.Kind.LOCK, pid, place, Slice.End.DONE);
      case LockEvent.WaitCancelled e -> close(Slice.Kind.LOCK, pid, place, Slice.End.CANCELLED);
      case LockEvent.DeadlockDetected e -> close(Slice.Kind.LOCK, pid, place, Slice.End.CANCELLED);
      case ReplicationEvent.SenderStarted e ->
          begin(Slice.Kind.REPLICATION, row, pid, place, "sends " + text(e.applicationName()));
      case ReplicationEvent.SenderStopped e ->
          close(Slice.Kind.REPLICATION, pid, place, Slice.End.DONE);
      case ReplicationEvent.SubscriptionStarted e ->
          begin(Slice.Kind.REPLICATION, row, pid, place, "applies " + e.subname());
      default -> {} // an instant
    }
  }

  private static String session(ConnectionEvent.Authorized e) {
    String who = e.usename() + "@" + e.datname();
    String application = text(e.applicationName());
    return application.isEmpty() ? who : who + " " + application;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private void begin(Slice.Kind kind, int row, int pid, Place place, String label) {
    open.add(new Slice(kind, Slice.End.OPEN, row, pid, place, place, label));
  }

  private void close(Slice.Kind kind, int pid, Place place, Slice.End end) {
    closeWhere(slice -> slice.kind() == kind && slice.pid() == pid, place, end);
  }
}
