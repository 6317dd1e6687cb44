package dev.lifeline.events.journal;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineFormat;
import dev.lifeline.events.codec.LineReader;
import java.nio.charset.StandardCharsets;

/// One line of the log, as it lies on disk.
public final class JournalLine {
  private final long sequence;
  private final byte[] bytes;

  JournalLine(long sequence, byte[] bytes) {
    this.sequence = sequence;
    this.bytes = bytes;
  }

  public long sequence() {
    return sequence;
  }

  /// When it happened, in microseconds since the epoch.
  public long timeMicros() {
    return LineFormat.timeMicros(bytes, 0, bytes.length);
  }

  /// See [LineFormat#typeSlot(byte[], int, int)].
  public int typeSlot() {
    return LineFormat.typeSlot(bytes, 0, bytes.length);
  }

  /// Whether it is of a type, without reading it.
  public boolean isOfType(EventType type) {
    return LineFormat.isOfType(bytes, 0, bytes.length, type.nameBytes());
  }

  /// The process that it is about, or -1 where the line does not tell without being read.
  public int pid() {
    return LineFormat.subjectPid(bytes, 0, bytes.length);
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
