package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Exports the spans of a log again, to a collector that has not seen them. Their ids follow from
/// the log, so a collector that has seen them gets the same spans.
public final class OtlpReplay {
  private static final int READ_BATCH = 512;

  private final OtlpConfig config;
  private final SpanExporter exporter;
  private final LineReader reader = new LineReader();
  private final List<SpanData> batch = new ArrayList<>();
  private long exported;

  private OtlpReplay(OtlpConfig config) {
    this.config = config;
    this.exporter = config.spanExporter();
  }

  /// Exports what finished between two events, both included. The log is read from its beginning,
  /// so that spans which began before are whole.
  ///
  /// @return how many spans the collector took
  /// @throws IOException when the log cannot be read, or the collector does not take a batch
  public static long run(JournalReader log, OtlpConfig config, long from, long to)
      throws IOException {
    OtlpReplay replay = new OtlpReplay(config);
    try {
      replay.export(log, from, to);
    } finally {
      replay.exporter.shutdown().join(config.timeoutMs(), TimeUnit.MILLISECONDS);
    }
    return replay.exported;
  }

  private void export(JournalReader log, long from, long to) throws IOException {
    SpanProjector projector = null;
    try (JournalCursor cursor = log.cursor(log.firstSequence())) {
      for (List<JournalLine> lines = cursor.next(READ_BATCH);
          !lines.isEmpty();
          lines = cursor.next(READ_BATCH)) {
        for (JournalLine line : lines) {
          if (line.sequence() > to) {
            send();
            return;
          }
          Envelope envelope;
          try {
            envelope = line.envelope(reader);
          } catch (EventFormatException e) {
            continue; // of a version that knows more types
          }
          if (projector == null) {
            long cluster = envelope.systemIdentifier();
            projector = new SpanProjector(cluster, config.resource(cluster));
          }
          List<? extends SpanData> spans = projector.apply(envelope);
          if (line.sequence() >= from) {
            add(spans);
          }
        }
      }
    }
    send();
  }

  private void add(List<? extends SpanData> spans) throws IOException {
    for (SpanData span : spans) {
      batch.add(span);
      if (batch.size() == config.batchSpansMax()) {
        send();
      }
    }
  }

  private void send() throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    CompletableResultCode result =
        exporter.export(List.copyOf(batch)).join(2L * config.timeoutMs(), TimeUnit.MILLISECONDS);
    if (!result.isSuccess()) {
      Throwable failure = result.getFailureThrowable();
      throw new IOException(
          failure == null ? "the collector did not take a batch in time" : reason(failure),
          failure);
    }
    exported += batch.size();
    batch.clear();
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return root instanceof ConnectException && message == null
        ? "nobody listens there"
        : String.valueOf(message == null ? root.getClass().getSimpleName() : message);
  }
}
