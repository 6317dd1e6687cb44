package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.journal.JournalVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A primary and its streaming standby, real ones, under one observer: the primary is killed, the
/// standby promoted, and one log tells it.
///
/// By default with one version; `-Dlifeline.observe.pair=13,14,15,16,17,18` names others.
class ReplicationPairTest {
  private static final String VERSIONS = System.getProperty("lifeline.observe.pair", "17");
  private static final String SETTINGS =
      """
      log_connections=on
      log_disconnections=on
      log_checkpoints=on
      log_replication_commands=on
      wal_retrieve_retry_interval=200ms
      """;

  @TempDir Path folder;

  static Stream<Integer> versions() {
    return Arrays.stream(VERSIONS.split(",")).map(Integer::valueOf);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aPromotionIsOneStory(int major) throws Exception {
    Assumptions.assumeTrue(PostgresBinaries.isThere(), "Maven has servers for Linux on amd64 only");
    Path directory = folder.resolve("observed");
    try (PostgresBinaries primary = new PostgresBinaries(major, folder, SETTINGS);
        PostgresBinaries standby = primary.standby(folder)) {
      primary.start();
      try (Connection session = primary.connect()) {
        PostgresBinaries.execute(session, "CREATE TABLE written_by_the_primary ()");
      }
      standby.start();
      try (ObserverProcess observer =
          new ObserverProcess(directory, primary.url(), standby.url())) {
        long first = ObserverProcess.await(directory, 0, ObserverEvent.Attached.class);
        ObserverProcess.await(directory, first, ObserverEvent.Attached.class);
        long streaming = await(directory, 0, topic("streaming_started"));
        awaitReplay(standby);
        primary.killPostmaster();
        await(directory, streaming, topic("primary_unreachable"));
        standby.promote();
        try (Connection session = standby.connect()) {
          PostgresBinaries.execute(session, "CREATE TABLE written_by_the_new_primary ()");
        }
        long promoted = await(directory, streaming, RecoveryEvent.Promoted.class::isInstance);
        await(directory, promoted, CheckpointEvent.Completed.class::isInstance);
        assertTrue(observer.process.isAlive());
      }
    }
    try (Stream<Path> clusters = Files.list(directory)) {
      assertEquals(1, clusters.count(), "one cluster, one log");
    }
    judge(ObserverProcess.events(directory));
    Path journal = Objects.requireNonNull(ObserverProcess.journal(directory));
    assertTrue(JournalVerifier.verify(journal).intact());
  }

  private static long await(Path directory, long after, Predicate<LifecycleEvent> wanted)
      throws Exception {
    return ObserverProcess.await(directory, after, wanted);
  }

  private static void awaitReplay(PostgresBinaries standby) throws Exception {
    try (Connection session = standby.connect()) {
      while (true) {
        try {
          PostgresBinaries.execute(session, "TABLE written_by_the_primary");
          return;
        } catch (SQLException e) {
          assertEquals("42P01", e.getSQLState());
          Thread.sleep(20);
        }
      }
    }
  }

  private static Predicate<LifecycleEvent> topic(String topic) {
    return event -> event instanceof ServerEvent.Logged logged && topic.equals(logged.topic());
  }

  private static void judge(List<Envelope> events) {
    Envelope streaming = first(events, 0, topic("streaming_started"));
    assertEquals("1", figure(streaming, "timeline"));
    // The stream is lost because the primary has gone; should the standby's log have been faster
    // than the end of the observer's connection: because it had begun.
    Envelope lost = first(events, streaming.sequence(), topic("streaming_lost"));
    List<Envelope> whyLost = chain(events, lost);
    LifecycleEvent why = whyLost.get(whyLost.size() - 2).event();
    assertTrue(
        why instanceof ObserverEvent.Detached || topic("streaming_started").test(why),
        why.toString());
    assertNotEquals(lane(streaming), lane(whyLost.getFirst()));
    Envelope vain = first(events, lost.sequence(), topic("primary_unreachable"));
    assertTrue(chain(events, vain).contains(lost));
    assertEquals(
        1,
        ((ProcessEvent.Exited) next(events, lost, ProcessEvent.Exited.class).event()).exitCode());

    Envelope promoted = first(events, 0, RecoveryEvent.Promoted.class::isInstance);
    Envelope switched = next(events, promoted, RecoveryEvent.TimelineSwitched.class);
    RecoveryEvent.TimelineSwitched timelines = (RecoveryEvent.TimelineSwitched) switched.event();
    assertEquals(List.of(1, 2), List.of(timelines.fromTimeline(), timelines.toTimeline()));
    assertEquals("no recovery target specified", timelines.reason());
    Envelope ready =
        first(
            events,
            promoted.sequence(),
            event ->
                event instanceof PostmasterEvent.StateChanged changed
                    && changed.toState().equals("PM_RUN"));
    assertEquals(
        List.of(
            "recovery.promoted",
            "recovery.completed",
            "recovery.timeline_switched",
            "server.logged",
            "postmaster.state_changed"),
        types(chain(events, ready)));
    Envelope checkpoint = next(events, promoted, CheckpointEvent.Completed.class);
    assertEquals(promoted, chain(events, checkpoint).getFirst());
  }

  private static Envelope next(
      List<Envelope> events, Envelope after, Class<? extends LifecycleEvent> type) {
    return first(events, after.sequence(), type::isInstance);
  }

  private static Envelope first(
      List<Envelope> events, long after, Predicate<LifecycleEvent> wanted) {
    return events.stream()
        .filter(event -> event.sequence() > after && wanted.test(event.event()))
        .findFirst()
        .orElseThrow();
  }

  /// What led to an event, the root first.
  private static List<Envelope> chain(List<Envelope> events, Envelope event) {
    List<Envelope> chain = new ArrayList<>(List.of(event));
    while (chain.getFirst().cause() != 0) {
      chain.addFirst(events.get((int) chain.getFirst().cause() - 1));
    }
    return chain;
  }

  private static List<String> types(List<Envelope> events) {
    return events.stream().map(event -> EventType.of(event.event()).shortName()).toList();
  }

  private static String lane(Envelope event) {
    return event.subject().processType() + "/" + event.subject().pid();
  }

  private static String figure(Envelope event, String name) {
    return ((ServerEvent.Logged) event.event())
        .figures().stream()
            .filter(figure -> figure.name().equals(name))
            .map(ServerEvent.Figure::value)
            .findFirst()
            .orElseThrow();
  }
}
