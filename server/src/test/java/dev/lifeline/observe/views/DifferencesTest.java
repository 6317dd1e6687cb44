package dev.lifeline.observe.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.observe.message.Story;
import dev.lifeline.observe.views.Differences.Told;
import dev.lifeline.observe.views.Snapshot.Activity;
import dev.lifeline.observe.views.Snapshot.Archiver;
import dev.lifeline.observe.views.Snapshot.LockWait;
import dev.lifeline.observe.views.Snapshot.Sender;
import dev.lifeline.observe.views.Snapshot.VacuumProgress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DifferencesTest {
  private static final int POSTMASTER = 100;
  private static final Instant BEGIN = Instant.parse("2026-11-01T10:00:00Z");

  private final Story story = new Story();
  private long sequence;

  /// The first of its children tells who the postmaster is; the views never show this one.
  @BeforeEach
  void forkLogger() {
    learn("logger", 105, new ProcessEvent.Forked(POSTMASTER), 0);
  }

  private void learn(String type, int pid, LifecycleEvent event, long second) {
    story.learn(++sequence, at(second), new Subject(type, pid), event, null);
  }

  /// The observer puts what the views tell on the log, and learns it from there.
  private void learn(List<Told> told) {
    for (Told one : told) {
      story.learn(++sequence, one.time(), one.subject(), one.event(), null);
    }
  }

  private static Instant at(long second) {
    return BEGIN.plusSeconds(second);
  }

  private Differences differences(int major) {
    return new Differences(major, true, false, story);
  }

  private static final class Views {
    final Map<Integer, Activity> activity = new HashMap<>();
    final Map<String, Long> counters = new HashMap<>();
    final Map<Integer, VacuumProgress> vacuums = new HashMap<>();
    final Map<Integer, Sender> senders = new HashMap<>();
    final Map<Integer, LockWait> waits = new HashMap<>();
    Archiver archiver = new Archiver(0, null);

    Views process(String type, int pid, long second) {
      activity.put(pid, new Activity(pid, type, at(second), null, null, null, null, null, false));
      return this;
    }

    Views client(int pid, String user, boolean active, long second) {
      activity.put(
          pid,
          new Activity(
              pid, "client backend", at(second), user, "mydb", "psql", "::1", 5555, active));
      return this;
    }

    Views waits(int pid, String target) {
      waits.put(pid, new LockWait(pid, "ShareLock", "transactionid", target, List.of(201)));
      return this;
    }

    Snapshot taken(long second) {
      return new Snapshot(at(second), activity, counters, vacuums, senders, archiver, waits);
    }
  }

  private static List<Told> without(List<Told> told, Class<?> type) {
    return told.stream().filter(one -> !type.isInstance(one.event())).toList();
  }

  /// What is told but for the counters, which every pair of snapshots tells.
  private static List<Told> between(
      Differences differences, @Nullable Snapshot before, Snapshot now) {
    return without(differences.between(before, now), StatsEvent.Reported.class);
  }

  @Test
  void whoCameWithoutAWordIsBornWhenTheViewSaysSo() {
    List<Told> told =
        between(
            differences(18),
            null,
            new Views().process("checkpointer", 101, 1).client(201, "ann", true, 2).taken(5));
    Subject client = new Subject("client backend", 201);
    assertEquals(
        List.of(
            new Told(new Subject("checkpointer", 101), new ProcessEvent.Forked(POSTMASTER), at(1)),
            new Told(client, new ProcessEvent.Forked(POSTMASTER), at(2)),
            new Told(
                client, new ConnectionEvent.Authorized("ann", "mydb", "psql", null, null), at(2))),
        told);
  }

  @Test
  void whoseBirthWasLoggedIsNotBornAgain() {
    learn("client backend", 201, new ProcessEvent.Forked(POSTMASTER), 2);
    Snapshot now = new Views().client(201, "ann", false, 2).taken(5);
    assertEquals(List.of(), between(differences(18), null, now));
  }

  @Test
  void whoIsGoneWithoutAWordHasExited() {
    Differences differences = differences(18);
    Snapshot before = new Views().process("walwriter", 103, 1).taken(5);
    learn(between(differences, null, before));
    List<Told> told = between(differences, before, new Views().taken(6));
    assertEquals(
        List.of(new Told(new Subject("walwriter", 103), new ProcessEvent.Exited(0, 5000), at(6))),
        told);
    learn(told);
    assertEquals(List.of(), between(differences, before, new Views().taken(7)));
  }

  @Test
  void whoseEndWasLoggedDoesNotEndTwice() {
    Differences differences = differences(18);
    Snapshot before = new Views().process("walwriter", 103, 1).taken(5);
    learn(between(differences, null, before));
    learn("walwriter", 103, new ProcessEvent.Exited(1, 4500), 5);
    assertEquals(List.of(), between(differences, before, new Views().taken(6)));
  }

  @Test
  void theViewMayBeOlderThanTheBirth() {
    learn("autovacuum worker", 104, new ProcessEvent.Forked(POSTMASTER), 5);
    Snapshot now = new Views().taken(6);
    assertEquals(List.of(), between(differences(18), null, now));
    assertEquals(1, between(differences(18), null, new Views().taken(7)).size());
  }

  @Test
  void aClientThatAuthenticatesIsNotInTheViews() {
    learn("client backend", 201, new ProcessEvent.Forked(POSTMASTER), 5);
    assertEquals(List.of(), between(differences(18), null, new Views().taken(65)));
    assertEquals(1, between(differences(18), null, new Views().taken(76)).size());
  }

  @Test
  void theLoggerIsNeverInTheViewsAndTheArchiverFrom14() {
    learn("archiver", 106, new ProcessEvent.Forked(POSTMASTER), 0);
    Snapshot now = new Views().taken(60);
    assertEquals(List.of(), between(differences(13), null, now));
    assertEquals(
        List.of("archiver"),
        between(differences(14), null, now).stream()
            .map(told -> told.subject().processType())
            .toList());
  }

  @Test
  void anotherPidInAnAuxiliaryProcessesPlaceIsARestart() {
    Differences differences = differences(18);
    Snapshot before =
        new Views().process("checkpointer", 101, 1).client(201, "ann", false, 2).taken(5);
    learn(between(differences, null, before));
    learn("checkpointer", 101, new ProcessEvent.Exited(1, 4500), 6);
    learn("client backend", 201, new ProcessEvent.Exited(0, 4500), 6);
    List<LifecycleEvent> events =
        between(
                differences,
                before,
                new Views().process("checkpointer", 111, 7).client(211, "ann", false, 7).taken(8))
            .stream()
            .map(Told::event)
            .toList();
    assertEquals(
        List.of(
            new ProcessEvent.Forked(POSTMASTER),
            new ProcessEvent.Restarted(101, null),
            new ProcessEvent.Forked(POSTMASTER),
            new ConnectionEvent.Authorized("ann", "mydb", "psql", null, null)),
        events);
  }

  /// Where the log tells of connections, the views do so only of those that were there before.
  @Test
  void aLoggedConnectionIsNotToldTwice() {
    Differences differences = new Differences(18, true, true, story);
    Snapshot before = new Views().client(201, "ann", false, 2).taken(5);
    List<Told> first = between(differences, null, before);
    learn(first);
    List<Told> second =
        between(
            differences,
            before,
            new Views().client(201, "ann", false, 2).client(202, "bob", false, 6).taken(8));
    assertEquals(
        List.of(
            new ProcessEvent.Forked(POSTMASTER),
            new ConnectionEvent.Authorized("ann", "mydb", "psql", null, null),
            new ProcessEvent.Forked(POSTMASTER)),
        Stream.concat(first.stream(), second.stream()).map(Told::event).toList());
  }

  @Test
  void aWaitLastsFromWhereItWasFirstSeen() {
    Differences differences = new Differences(18, false, false, story);
    Snapshot[] seen = new Snapshot[4];
    for (int i = 0; i < seen.length; i++) {
      Views views = new Views().client(201, "ann", true, 1).client(202, "bob", true, 1);
      seen[i] = (i == 1 || i == 2 ? views.waits(202, "777") : views).taken(5 + i);
    }
    learn(between(differences, null, seen[0]));
    Subject bob = new Subject("client backend", 202);
    assertEquals(
        List.of(
            new Told(
                bob,
                new LockEvent.Waiting("ShareLock", "transactionid", "777", List.of(201), null),
                at(6))),
        between(differences, seen[0], seen[1]));
    assertEquals(List.of(), between(differences, seen[1], seen[2]));
    assertEquals(
        List.of(
            new Told(
                bob,
                new LockEvent.Acquired("ShareLock", "transactionid", "777", 2000, null),
                at(8))),
        between(differences, seen[2], seen[3]));
  }

  @Test
  void waitsThatAreLoggedAreNotToldTwice() {
    Differences differences = differences(18);
    Snapshot before = new Views().client(202, "bob", true, 1).taken(5);
    learn(between(differences, null, before));
    Snapshot now = new Views().client(202, "bob", true, 1).waits(202, "777").taken(6);
    assertEquals(List.of(), between(differences, before, now));
  }

  @Test
  void aWaiterThatIsGoneGotNothing() {
    Differences differences = new Differences(18, false, false, story);
    Snapshot before = new Views().client(202, "bob", true, 1).waits(202, "777").taken(5);
    learn(between(differences, null, before));
    assertEquals(
        List.of(new ProcessEvent.Exited(0, 5000)),
        between(differences, before, new Views().taken(6)).stream().map(Told::event).toList());
  }

  @Test
  void vacuumsSendersAndTheArchiver() {
    Differences differences = differences(18);
    Views first = new Views().process("autovacuum worker", 104, 1).process("walsender", 107, 1);
    Snapshot before = first.taken(5);
    learn(between(differences, null, before));
    first.vacuums.put(104, new VacuumProgress(104, "mydb", "public", "employees"));
    first.senders.put(107, new Sender(107, "standby", "::1", 4096));
    first.archiver = new Archiver(3, "000000010000000000000002");
    Snapshot now = first.taken(6);
    assertEquals(
        List.of(
            new VacuumEvent.Started("mydb", "public", "employees", true),
            new ReplicationEvent.SenderStarted("standby", "::1", null, 4096),
            new WalEvent.SegmentArchived("000000010000000000000002", 0)),
        between(differences, before, now).stream().map(Told::event).toList());
    assertEquals(List.of(), between(differences, now, first.taken(7)));
    first.senders.clear();
    assertEquals(
        List.of(new ReplicationEvent.SenderStopped("standby", null, 4096, null)),
        between(differences, now, first.taken(8)).stream().map(Told::event).toList());
  }

  @Test
  void countersAreOfTheInterval() {
    Differences differences = differences(18);
    Views views = new Views().client(201, "ann", true, 1).client(202, "bob", false, 1);
    views.counters.putAll(Map.of("xact_commit", 10L, "wal_bytes", 1000L, "insert_lsn", 5000L));
    Snapshot before = views.taken(5);
    learn(differences.between(null, before));
    views.counters.putAll(Map.of("xact_commit", 17L, "wal_bytes", 1500L, "insert_lsn", 5500L));
    StatsEvent.Reported reported =
        (StatsEvent.Reported) differences.between(before, views.taken(7)).getFirst().event();
    assertEquals(2000, reported.intervalMs());
    assertEquals(7, reported.xactCommit());
    assertEquals(500, reported.walBytes());
    assertEquals(5500, reported.walInsertLsn());
    assertEquals(2, reported.numbackends());
    assertEquals(1, reported.numbackendsActive());
  }

  @Test
  void nothingIsKnownOfAnIntervalInWhichTheCountersWereReset() {
    Differences differences = differences(18);
    Views views = new Views();
    views.counters.put("xact_commit", 10L);
    Snapshot before = views.taken(5);
    views.counters.put("xact_commit", 3L);
    Snapshot reset = views.taken(6);
    assertEquals(List.of(), differences.between(before, reset));
    assertEquals(1, differences.between(reset, views.taken(7)).size());
  }

  @Test
  void whenThePostmasterHasStoppedNobodyIsMissed() {
    Differences differences = differences(18);
    Snapshot before = new Views().process("walwriter", 103, 1).taken(5);
    learn(between(differences, null, before));
    learn("postmaster", POSTMASTER, new PostmasterEvent.Stopped(null, 0, 6000), 6);
    assertEquals(List.of(), between(differences, before, new Views().taken(8)));
  }
}
