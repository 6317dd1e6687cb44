package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import org.jspecify.annotations.Nullable;

/// An event that is read from its line when it is first asked for. Commits and flushes are most of
/// a busy server's log, and a span is made of few of them.
final class LateEnvelope {
  private final @Nullable JournalLine line;
  private final @Nullable LineReader reader;
  private @Nullable Envelope envelope;

  private LateEnvelope(
      @Nullable JournalLine line, @Nullable LineReader reader, @Nullable Envelope envelope) {
    this.line = line;
    this.reader = reader;
    this.envelope = envelope;
  }

  static LateEnvelope of(Envelope envelope) {
    return new LateEnvelope(null, null, envelope);
  }

  static LateEnvelope of(JournalLine line, LineReader reader) {
    return new LateEnvelope(line, reader, null);
  }

  /// The event.
  ///
  /// @throws dev.lifeline.events.codec.EventFormatException when the line is not one
  Envelope get() {
    Envelope known = envelope;
    if (known == null) {
      if (line == null || reader == null) {
        throw new IllegalStateException("neither an event nor a line");
      }
      known = line.envelope(reader);
      envelope = known;
    }
    return known;
  }
}
