package dev.lifeline.observe.message;

import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ServerEvent;
import org.jspecify.annotations.Nullable;

/// The part of a server's story that it has while its WAL comes from another: the stream that it
/// lives by, and the promotion that ends this.
final class StandbyStory {
  private long streaming;
  private long promotion;
  private int timeline;
  private @Nullable String recoveryTarget;

  /// The last event of the stream, 0 when there is none.
  long streaming() {
    return streaming;
  }

  /// The last event of a promotion, until the checkpoint that ends it; 0 without one.
  long promotion() {
    return promotion;
  }

  /// The timeline that was streamed last, 0 when none was.
  int timeline() {
    return timeline;
  }

  /// Where recovery was told to stop, as the log said it when recovery came there.
  @Nullable String recoveryTarget() {
    return recoveryTarget;
  }

  /// Something was said that is kept.
  ///
  /// @return whether it was the end of recovery
  boolean said(long sequence, ServerEvent.Logged event) {
    String topic = event.topic();
    if (topic == null) {
      return false;
    }
    if (ReplicationWording.STREAMING.contains(topic)) {
      streaming = sequence;
      String streamed = figure(event, "timeline");
      timeline = streamed == null ? timeline : Integer.parseInt(streamed);
    } else if (topic.equals(ReplicationWording.RECOVERY_STOPPING)) {
      recoveryTarget = figure(event, "where") + " " + figure(event, "target");
    } else if (topic.equals(ReplicationWording.RECOVERY_COMPLETE)) {
      goesOn(sequence);
      return true;
    }
    return false;
  }

  private static @Nullable String figure(ServerEvent.Logged event, String name) {
    return event.figures().stream()
        .filter(figure -> figure.name().equals(name))
        .map(ServerEvent.Figure::value)
        .findFirst()
        .orElse(null);
  }

  void recovery(long sequence, RecoveryEvent event) {
    if (event instanceof RecoveryEvent.Promoted) {
      promotion = sequence;
    } else {
      goesOn(sequence);
    }
  }

  private void goesOn(long sequence) {
    promotion = promotion == 0 ? 0 : sequence;
  }

  /// It is a primary now, or was one all the time.
  void runs(long sequence) {
    forget();
    goesOn(sequence);
  }

  /// The first checkpoint after a promotion is the one that the startup process asks for.
  void checkpointed() {
    promotion = 0;
  }

  /// A postmaster has started: what was before is over.
  void starts() {
    forget();
    promotion = 0;
  }

  private void forget() {
    streaming = 0;
    timeline = 0;
    recoveryTarget = null;
  }
}
