package dev.lifeline.events.codec;

/// A text that is not an event as this version writes it; the message says what is wrong with it.
public final class EventFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public EventFormatException(String message) {
    super(message);
  }

  public EventFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
