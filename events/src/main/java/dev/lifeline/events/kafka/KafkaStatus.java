package dev.lifeline.events.kafka;

import org.jspecify.annotations.Nullable;

/// How publishing stands.
///
/// @param publishedSequence the last sequence that is committed on Kafka, as far as is known here
/// @param reason why nothing goes out, null while it does
public record KafkaStatus(State state, long publishedSequence, @Nullable String reason) {

  /// Begins at CONNECTING; goes between PUBLISHING and AWAY as the broker comes and goes; ends at
  /// one of the others, which are final.
  public enum State {
    /// Not connected yet.
    CONNECTING,
    /// Connected; what is durable goes out at once.
    PUBLISHING,
    /// The broker does not answer, or refuses; it is tried again.
    AWAY,
    /// Another publisher has taken over this cluster.
    FENCED,
    /// Kafka has events of this cluster that the journal does not have: it was set back.
    DIVERGED,
    /// Closed.
    CLOSED
  }
}
