package dev.lifeline.events.journal;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.LineReader;
import java.nio.charset.StandardCharsets;

/// One line of the log, as it lies on disk.
public final class JournalLine {
  private final long sequence;
  private final long timeMicros;
  private final byte[] bytes;

  JournalLine(long sequence, long timeMicros, byte[] bytes) {
    this.sequence = sequence;
    this.timeMicros = timeMicros;
    this.bytes = bytes;
  }

  public long sequence() {
    return sequence;
  }

  /// When it happened, in microseconds since the epoch.
  public long timeMicros() {
    return timeMicros;
  }

  /// The CloudEvent in JSON, without a line feed. Not a copy: do not write into it.
  public byte[] bytes() {
    return bytes;
  }

  /// The event.
  ///
  /// @throws dev.lifeline.events.codec.EventFormatException when it is not one that this version
  ///   knows
  public Envelope envelope(LineReader reader) {
    return reader.read(bytes);
  }

  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
