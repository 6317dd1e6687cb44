package dev.lifeline.observe.views;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.observe.message.Story;
import dev.lifeline.observe.views.Snapshot.Activity;
import dev.lifeline.observe.views.Snapshot.LockWait;
import dev.lifeline.observe.views.Snapshot.Sender;
import dev.lifeline.observe.views.Snapshot.VacuumProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happened between two snapshots of the views that the log does not tell.
///
/// It knows the story that the log told up to the second snapshot, so that nothing is told twice: a
/// backend whose end was logged is not alive any more, one whose birth was logged is.
public final class Differences {
  /// An event of the views.
  public record Told(Subject subject, LifecycleEvent event, Instant time) {}

  /// Never in `pg_stat_activity`.
  private static final Set<String> UNSEEN = Set.of("postmaster", "logger", "stats collector");

  /// Those of which there is one at a time, so that another pid is another one in its place.
  private static final Set<String> SINGLE =
      Set.of(
          "checkpointer",
          "background writer",
          "walwriter",
          "autovacuum launcher",
          "archiver",
          "walreceiver",
          "walsummarizer",
          "logical replication launcher",
          "slotsync worker");

  /// `authentication_timeout` and some: a client that is not known yet is not in the views.
  private static final Duration UNKNOWN_MAX = Duration.ofSeconds(70);

  private static final Duration JUST_BORN = Duration.ofSeconds(1);
  private static final int ARCHIVER_IS_SEEN = 14;

  private final int major;
  private final boolean locksAreLogged;
  private final boolean connectionsAreLogged;
  private final Story story;
  private final List<Told> told = new ArrayList<>();

  /// When a wait that goes on was first seen, by pid.
  private final Map<Integer, Instant> waitingSince = new HashMap<>();

  /// Differences of a server of this version.
  public Differences(int major, boolean locksAreLogged, boolean connectionsAreLogged, Story story) {
    this.major = major;
    this.locksAreLogged = locksAreLogged;
    this.connectionsAreLogged = connectionsAreLogged;
    this.story = story;
  }

  /// What is new in `now`.
  public List<Told> between(@Nullable Snapshot before, Snapshot now) {
    told.clear();
    gone(now);
    born(before, now);
    vacuums(before, now);
    if (before != null) {
      senders(before, now);
      if (now.archiver().archivedCount() > before.archiver().archivedCount()) {
        archived(now);
      }
      if (!locksAreLogged) {
        waits(before, now);
      }
      stats(before, now);
    }
    return List.copyOf(told);
  }

  private void gone(Snapshot now) {
    for (int pid : story.childPids()) {
      Subject who = story.subject(pid);
      Instant born = story.born(pid);
      if (who == null || born == null || now.activity().containsKey(pid) || !isSeen(who)) {
        continue;
      }
      Duration age = Duration.between(born, now.taken());
      boolean unknown = who.processType().equals("client backend") && !story.isAuthorized(pid);
      if (age.compareTo(unknown ? UNKNOWN_MAX : JUST_BORN) > 0) {
        add(who, new ProcessEvent.Exited(0, age.toNanos() / 1e6), now.taken());
      }
    }
  }

  private boolean isSeen(Subject who) {
    String type = who.processType();
    return !UNSEEN.contains(type) && (major >= ARCHIVER_IS_SEEN || !type.equals("archiver"));
  }

  private void born(@Nullable Snapshot before, Snapshot now) {
    List<Activity> rows = new ArrayList<>(now.activity().values());
    rows.sort(Comparator.comparingInt(Activity::pid));
    for (Activity row : rows) {
      if (row.backendType().isEmpty() || story.subject(row.pid()) != null) {
        continue;
      }
      Subject who = new Subject(row.backendType().replace('/', ' '), row.pid());
      Instant start = row.backendStart() == null ? now.taken() : row.backendStart();
      if (story.hasEnded(row.pid(), start)) {
        continue; // after the views were asked, as the log says
      }
      add(who, new ProcessEvent.Forked(story.postmasterPid()), start);
      Activity replaced = before == null ? null : other(before, row);
      if (replaced != null) {
        add(who, new ProcessEvent.Restarted(replaced.pid(), null), start);
      }
      String user = row.usename();
      // Who was there before the observer may be in a part of the log that it does not read.
      boolean logged = connectionsAreLogged && before != null;
      if (!logged && user != null && row.clientPort() != null) {
        add(
            who,
            new ConnectionEvent.Authorized(
                user,
                row.datname() == null ? "" : row.datname(),
                row.applicationName(),
                null,
                null),
            start);
      }
    }
  }

  private static @Nullable Activity other(Snapshot before, Activity row) {
    if (!SINGLE.contains(row.backendType())) {
      return null;
    }
    return before.activity().values().stream()
        .filter(one -> one.backendType().equals(row.backendType()) && one.pid() != row.pid())
        .findFirst()
        .orElse(null);
  }

  private void vacuums(@Nullable Snapshot before, Snapshot now) {
    for (VacuumProgress vacuum : now.vacuums().values()) {
      VacuumProgress was = before == null ? null : before.vacuums().get(vacuum.pid());
      Activity row = now.activity().get(vacuum.pid());
      if (!vacuum.equals(was)) {
        String type = row == null ? "client backend" : row.backendType();
        add(
            new Subject(type, vacuum.pid()),
            new VacuumEvent.Started(
                vacuum.datname(),
                vacuum.schemaname(),
                vacuum.relname(),
                type.equals("autovacuum worker")),
            now.taken());
      }
    }
  }

  private void senders(Snapshot before, Snapshot now) {
    for (Sender sender : now.senders().values()) {
      if (!before.senders().containsKey(sender.pid())) {
        add(
            new Subject("walsender", sender.pid()),
            new ReplicationEvent.SenderStarted(
                sender.applicationName(), sender.clientAddr(), null, sender.sentLsn()),
            now.taken());
      }
    }
    for (Sender sender : before.senders().values()) {
      if (!now.senders().containsKey(sender.pid())) {
        add(
            new Subject("walsender", sender.pid()),
            new ReplicationEvent.SenderStopped(
                sender.applicationName(), null, sender.sentLsn(), null),
            now.taken());
      }
    }
  }

  /// The view names the last one only; the others of the interval are between it and the one
  /// before.
  private void archived(Snapshot now) {
    String file = now.archiver().lastArchivedWal();
    if (file != null) {
      int pid =
          now.activity().values().stream()
              .filter(row -> row.backendType().equals("archiver"))
              .mapToInt(Activity::pid)
              .findFirst()
              .orElse(0);
      add(new Subject("archiver", pid), new WalEvent.SegmentArchived(file, 0), now.taken());
    }
  }

  private void waits(Snapshot before, Snapshot now) {
    for (LockWait was : before.waits().values()) {
      LockWait wait = now.waits().get(was.pid());
      if (wait != null && was.target().equals(wait.target())) {
        continue;
      }
      Instant since = waitingSince.remove(was.pid());
      if (now.activity().containsKey(was.pid())) {
        Duration waited = Duration.between(since == null ? before.taken() : since, now.taken());
        add(
            who(was.pid()),
            new LockEvent.Acquired(
                was.mode(), was.locktype(), was.target(), waited.toNanos() / 1e6, null),
            now.taken());
      }
    }
    for (LockWait wait : now.waits().values()) {
      if (waitingSince.putIfAbsent(wait.pid(), now.taken()) == null) {
        add(
            who(wait.pid()),
            new LockEvent.Waiting(
                wait.mode(), wait.locktype(), wait.target(), wait.blockingPids(), null),
            now.taken());
      }
    }
  }

  private Subject who(int pid) {
    Subject known = story.subject(pid);
    return known == null ? new Subject("client backend", pid) : known;
  }

  private void stats(Snapshot before, Snapshot now) {
    Map<String, Long> then = before.counters();
    Map<String, Long> current = now.counters();
    for (Map.Entry<String, Long> counter : current.entrySet()) {
      if (counter.getValue() < then.getOrDefault(counter.getKey(), 0L)) {
        return; // reset meanwhile
      }
    }
    Delta delta = new Delta(then, current);
    int active = (int) now.activity().values().stream().filter(Activity::active).count();
    int backends =
        (int)
            now.activity().values().stream()
                .filter(row -> row.backendType().equals("client backend"))
                .count();
    add(
        new Subject("stats", 0),
        new StatsEvent.Reported(
            Duration.between(before.taken(), now.taken()).toNanos() / 1e6,
            backends,
            active,
            delta.of("xact_commit"),
            delta.of("xact_rollback"),
            delta.of("blks_read"),
            delta.of("blks_hit"),
            delta.of("tup_returned"),
            delta.of("tup_fetched"),
            delta.of("tup_inserted"),
            delta.of("tup_updated"),
            delta.of("tup_deleted"),
            delta.of("deadlocks"),
            delta.of("wal_records"),
            delta.of("wal_fpi"),
            delta.of("wal_bytes"),
            delta.of("wal_sync"),
            delta.of("buffers_checkpoint"),
            delta.of("buffers_clean"),
            delta.of("buffers_backend"),
            delta.of("buffers_alloc"),
            current.getOrDefault("insert_lsn", Lsn.INVALID),
            current.getOrDefault("flush_lsn", Lsn.INVALID),
            null,
            null),
        now.taken());
  }

  private record Delta(Map<String, Long> before, Map<String, Long> now) {
    long of(String name) {
      return now.getOrDefault(name, 0L) - before.getOrDefault(name, 0L);
    }
  }

  private void add(Subject subject, LifecycleEvent event, Instant time) {
    told.add(new Told(subject, event, time));
  }
}
