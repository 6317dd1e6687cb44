package dev.lifeline.events.kafka;

/// Publishing cannot go on, and trying again would not help.
final class PublishingEndsException extends Exception {
  private static final long serialVersionUID = 1;

  private final KafkaStatus.State state;

  PublishingEndsException(KafkaStatus.State state, String message) {
    super(message);
    this.state = state;
  }

  KafkaStatus.State state() {
    return state;
  }
}
