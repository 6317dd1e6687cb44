package dev.lifeline.events.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.Subject;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Events a second apart, and the spans that come of them.
class ReplicationSpansTest {
  private static final Instant T0 = Instant.parse("2026-11-23T08:00:00Z");
  private static final Subject SENDER = new Subject("walsender", 31);
  private static final Subject APPLY = new Subject("logical replication worker", 32);
  private static final long SECOND = 1_000_000_000L;

  private final SpanProjector projector = new SpanProjector(7, Resource.empty());
  private final List<SpanData> spans = new ArrayList<>();
  private long sequence;

  private void on(Subject subject, LifecycleEvent... events) {
    for (LifecycleEvent event : events) {
      sequence++;
      spans.addAll(
          projector.apply(
              new Envelope(7, sequence, T0.plusSeconds(sequence), subject, 0, null, event)));
    }
  }

  private SpanData only(String name) {
    List<SpanData> found = spans.stream().filter(span -> span.getName().equals(name)).toList();
    assertEquals(1, found.size(), () -> name + " of " + spans);
    return found.getFirst();
  }

  private static long seconds(SpanData span) {
    return (span.getEndEpochNanos() - span.getStartEpochNanos()) / SECOND;
  }

  @Test
  void aSenderIsASpanFromItsStartToItsEnd() {
    on(
        SENDER,
        new ReplicationEvent.SenderStarted("replica", "10.0.0.2", "slot_a", 0x1000),
        new ReplicationEvent.SenderStopped("replica", "slot_a", 0x2000, "the client left"));
    SpanData start = only("replication sender (started)");
    SpanData sender = only("replication sender replica");
    assertEquals(1, seconds(sender));
    assertEquals(sender.getTraceId(), start.getTraceId());
    assertEquals(sender.getSpanId(), start.getParentSpanId());
    assertTrue(sender.getAttributes().toString().contains("lifeline.sent_lsn=\"0/2000\""));
  }

  @Test
  void eachAppliedStretchIsAChildOfItsSubscription() {
    on(
        APPLY,
        new ReplicationEvent.SubscriptionStarted("orders", "slot_b", 0x1000),
        new ReplicationEvent.ApplyProgressed("orders", 0x1100, 0x1100, 0, 0),
        new ReplicationEvent.ApplyProgressed("orders", 0x1200, 0x1300, 256, 1.5),
        new ReplicationEvent.ApplyFailed("orders", "23505", "duplicate key", 0x1280),
        new ProcessEvent.Exited(1, 0));
    SpanData subscription = only("subscription orders");
    assertEquals(3, seconds(subscription));
    assertEquals(StatusCode.ERROR, subscription.getStatus().getStatusCode());
    List<SpanData> applied = spans.stream().filter(span -> span.getName().equals("apply")).toList();
    assertEquals(List.of(1L, 1L, 1L), applied.stream().map(ReplicationSpansTest::seconds).toList());
    for (SpanData stretch : applied) {
      assertEquals(subscription.getSpanId(), stretch.getParentSpanId());
    }
    assertEquals(
        List.of(StatusCode.UNSET, StatusCode.UNSET, StatusCode.ERROR),
        applied.stream().map(span -> span.getStatus().getStatusCode()).toList());
    assertEquals(sequence + 1, projector.resumeFrom(sequence + 1), "nothing is open");
  }

  @Test
  void aProcessThatEndsTakesItsSpanWithIt() {
    on(SENDER, new ReplicationEvent.SenderStarted(null, "10.0.0.2", null, 0x1000));
    on(APPLY, new ReplicationEvent.SubscriptionStarted("orders", null, 0x1000));
    assertEquals(1, projector.resumeFrom(sequence + 1));
    on(SENDER, new ProcessEvent.Exited(0, 0));
    assertEquals(StatusCode.UNSET, only("replication sender").getStatus().getStatusCode());
    on(new Subject("postmaster", 1), new PostmasterEvent.Started("1", "15.18", "/data", 1));
    assertEquals(sequence, projector.resumeFrom(sequence + 1), "only the new run is open");
  }
}
