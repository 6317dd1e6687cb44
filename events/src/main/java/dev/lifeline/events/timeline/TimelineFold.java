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

  /// By [#key]: several servers may share the log, and on different hosts a pid.
  private final Map<Long, Slice> alive = new HashMap<>();

  /// The numbers of the servers that share the log of the first, which is 0.
  private final Map<String, Integer> guests = new HashMap<>();

  private final List<Slice> open = new ArrayList<>();

  /// Where those lived who have ended: what is told of them afterwards, such as that they were
  /// lost, is no new life.
  private final Map<Long, Integer> rowsOfTheEnded =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
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
      if (life.label().endsWith(" " + POSTMASTER)) {
        admit(life.label().substring(0, life.label().length() - POSTMASTER.length() - 1));
      }
    }
    for (Slice life : lives) {
      alive.put(key(guestOf(life), life.pid()), life);
      rows.takeAgain(life.row());
    }
    this.open.addAll(open);
  }

  /// Whose process it is: the number of the server, and the pid.
  private static long key(int guest, int pid) {
    return (long) guest << Integer.SIZE | pid;
  }

  private static int server(long key) {
    return (int) (key >>> Integer.SIZE);
  }

  private int guest(Envelope envelope) {
    String name = envelope.guest();
    return name.isEmpty() ? 0 : admit(name);
  }

  /// A guest whose postmaster is not known is told from the lives of the first server's processes
  /// when its first event comes.
  private int admit(String name) {
    Integer known = guests.get(name);
    if (known != null) {
      return known;
    }
    int guest = guests.size() + 1;
    guests.put(name, guest);
    for (Map.Entry<Long, Slice> entry : List.copyOf(alive.entrySet())) {
      Slice life = entry.getValue();
      if (server(entry.getKey()) == 0 && life.label().startsWith(name + " ")) {
        alive.remove(entry.getKey());
        alive.put(key(guest, life.pid()), life);
      }
    }
    return guest;
  }

  private int guestOf(Slice life) {
    for (Map.Entry<String, Integer> guest : guests.entrySet()) {
      if (life.label().startsWith(guest.getKey() + " ")) {
        return guest.getValue();
      }
    }
    return 0;
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
    int guest = guest(envelope);
    if (envelope.event() instanceof PostmasterEvent.Started) {
      finishAll(guest, before, Slice.End.LOST);
    }
    int row = rowOf(envelope, guest, place);
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
    end(envelope, guest, place);
    return tick;
  }

  /// Nobody of a server lives on.
  private void finishAll(int guest, Place place, Slice.End end) {
    for (long key : List.copyOf(alive.keySet())) {
      if (server(key) == guest) {
        finish(key, place, end);
      }
    }
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

  private int rowOf(Envelope envelope, int guest, Place place) {
    int pid = envelope.subject().pid();
    long key = key(guest, pid);
    String type = envelope.subject().processType();
    if (pid == 0) {
      return rows.number(new Row(type, 0)); // work done before its process is forked
    }
    boolean birth =
        envelope.event() instanceof ProcessEvent.Forked
            || envelope.event() instanceof PostmasterEvent.Started;
    Slice life = alive.get(key);
    if (life != null && !birth) {
      return life.row(); // also when an event calls it otherwise: a pid is one process
    }
    Integer ended = birth || life != null ? null : rowsOfTheEnded.get(key);
    if (ended != null) {
      return ended;
    }
    if (ends(envelope) && life == null) {
      return rows.number(new Row(type, 0));
    }
    if (life != null) {
      finish(key, place, Slice.End.LOST); // its end is not on the log, but its pid is used again
    }
    rowsOfTheEnded.remove(key);
    int row = rows.take(type);
    alive.put(key, new Slice(Slice.Kind.LIFE, Slice.End.OPEN, row, pid, place, place, type));
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

  private void end(Envelope envelope, int guest, Place place) {
    Slice.End end = endOf(envelope);
    if (end == null) {
      return;
    }
    long ended = key(guest, envelope.subject().pid());
    // Of a postmaster that was killed, its successor tells: with that one nobody ends.
    if (isPostmaster(envelope) && alive.containsKey(ended)) {
      finishAll(guest, place, end);
    } else {
      finish(ended, place, end);
    }
  }

  private static boolean isPostmaster(Envelope envelope) {
    String guest = envelope.guest();
    return envelope
        .subject()
        .processType()
        .equals(guest.isEmpty() ? POSTMASTER : guest + " " + POSTMASTER);
  }

  private void finish(long key, Place place, Slice.End end) {
    Slice life = alive.remove(key);
    if (life != null) {
      closeWhere(slice -> isOf(slice, life.row(), life.pid()), place, end);
      rowsOfTheEnded.put(key, life.row());
      rows.release(life.row());
      ended.accept(closed(life, place, end));
    }
  }

  /// On a row there is one process at a time; work that is done before its process is forked has
  /// none.
  private static boolean isOf(Slice slice, int row, int pid) {
    return slice.pid() == pid && (slice.row() == row || pid == 0);
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
        close(Slice.Kind.STATE, row, pid, place, Slice.End.DONE);
        begin(Slice.Kind.STATE, row, pid, place, e.toState());
      }
      case ConnectionEvent.Authorized e -> begin(Slice.Kind.SESSION, row, pid, place, session(e));
      case ConnectionEvent.Closed e -> close(Slice.Kind.SESSION, row, pid, place, Slice.End.DONE);
      case CheckpointEvent.Started e ->
          begin(
              Slice.Kind.CHECKPOINT, row, pid, place, "checkpoint: " + Names.enumText(e.reason()));
      case CheckpointEvent.Completed e ->
          close(Slice.Kind.CHECKPOINT, row, pid, place, Slice.End.DONE);
      case CheckpointEvent.Skipped e ->
          close(Slice.Kind.CHECKPOINT, row, pid, place, Slice.End.CANCELLED);
      case RecoveryEvent.Started e ->
          begin(Slice.Kind.RECOVERY, row, pid, place, "redo from " + Lsn.format(e.redoLsn()));
      case RecoveryEvent.Completed e -> close(Slice.Kind.RECOVERY, row, pid, place, Slice.End.DONE);
      case VacuumEvent.Started e ->
          begin(Slice.Kind.VACUUM, row, pid, place, "vacuum " + e.schemaname() + "." + e.relname());
      case VacuumEvent.Completed e -> close(Slice.Kind.VACUUM, row, pid, place, Slice.End.DONE);
      case VacuumEvent.Cancelled e ->
          close(Slice.Kind.VACUUM, row, pid, place, Slice.End.CANCELLED);
      case LockEvent.Waiting e ->
          begin(Slice.Kind.LOCK, row, pid, place, e.mode() + " on " + e.target());
      case LockEvent.Acquired e -> close(Slice.Kind.LOCK, row, pid, place, Slice.End.DONE);
      case LockEvent.WaitCancelled e ->
          close(Slice.Kind.LOCK, row, pid, place, Slice.End.CANCELLED);
      case LockEvent.DeadlockDetected e ->
          close(Slice.Kind.LOCK, row, pid, place, Slice.End.CANCELLED);
      case ReplicationEvent.SenderStarted e ->
          begin(Slice.Kind.REPLICATION, row, pid, place, "sends " + text(e.applicationName()));
      case ReplicationEvent.SenderStopped e ->
          close(Slice.Kind.REPLICATION, row, pid, place, Slice.End.DONE);
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

  private void close(Slice.Kind kind, int row, int pid, Place place, Slice.End end) {
    closeWhere(slice -> slice.kind() == kind && isOf(slice, row, pid), place, end);
  }
}
