package dev.lifeline.events.journal;

/// A reader's claim on the log: retention does not delete what it has yet to read.
public final class ReadHold implements AutoCloseable {
  private final Retention retention;
  private final String name;
  private volatile long nextSequence;

  ReadHold(Retention retention, String name, long nextSequence) {
    this.retention = retention;
    this.name = name;
    this.nextSequence = nextSequence;
  }

  public String name() {
    return name;
  }

  /// The oldest event that the reader still needs.
  public long nextSequence() {
    return nextSequence;
  }

  /// Gives up everything before this sequence.
  public void advance(long next) {
    nextSequence = next;
  }

  /// Gives up everything.
  @Override
  public void close() {
    retention.release(this);
  }
}
