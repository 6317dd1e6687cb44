package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ReplicationEvent;
import io.opentelemetry.api.trace.SpanKind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The traces of replication, by name: what a sender does for its standby or subscriber from its
/// start to its end, and what an apply worker does for its subscription, with a span for each
/// stretch that it has applied.
final class ReplicationSpans {
  /// A sender or an apply worker at work.
  private static final class Stream {
    final SpanDraft root;

    /// Where the next stretch begins.
    long stepNanos;

    Stream(SpanDraft root) {
      this.root = root;
      stepNanos = root.startNanos;
    }
  }

  private final SpanOutput out;
  private final Map<Integer, Stream> streams = new HashMap<>();

  ReplicationSpans(SpanOutput out) {
    this.out = out;
  }

  void replication(Envelope envelope, ReplicationEvent event) {
    switch (event) {
      case ReplicationEvent.SenderStarted started -> {
        String name = named(started.applicationName(), started.slotName());
        Stream stream = begin(envelope, "replication sender" + name, SpanKind.PRODUCER);
        stream
            .root
            .put("client.address", started.clientAddr())
            .put("lifeline.replication.slot", started.slotName())
            .put("lifeline.start_lsn", Lsn.format(started.startLsn()));
        out.announce(stream.root, "replication sender", envelope);
      }
      case ReplicationEvent.SenderStopped stopped -> {
        Stream stream = streams.get(envelope.subject().pid());
        if (stream != null) {
          stream
              .root
              .put("lifeline.sent_lsn", Lsn.format(stopped.sentLsn()))
              .put("lifeline.replication.reason", stopped.reason());
        }
        end(envelope);
      }
      case ReplicationEvent.SubscriptionStarted started -> {
        Stream stream = begin(envelope, "subscription " + started.subname(), SpanKind.CONSUMER);
        stream
            .root
            .put("lifeline.replication.slot", started.slotName())
            .put("lifeline.start_lsn", Lsn.format(started.startLsn()));
        out.announce(stream.root, "subscription", envelope);
      }
      case ReplicationEvent.ApplyProgressed progressed -> applied(envelope, progressed);
      case ReplicationEvent.ApplyFailed failed -> {
        Stream stream = streams.get(envelope.subject().pid());
        if (stream == null) {
          stream = begin(envelope, "subscription " + failed.subname(), SpanKind.CONSUMER);
        }
        SpanDraft attempt =
            out.child("apply", stream.root.context(), envelope, stream.stepNanos)
                .put("lifeline.remote_lsn", Lsn.format(failed.remoteLsn()))
                .put("db.response.status_code", failed.sqlstate())
                .error(failed.sqlstate(), failed.message());
        out.end(attempt, envelope);
        stream
            .root
            .put("db.response.status_code", failed.sqlstate())
            .error(failed.sqlstate(), failed.message());
        end(envelope);
      }
      case ReplicationEvent.SlotCreated created -> {}
      case ReplicationEvent.SlotDropped dropped -> {}
    }
  }

  private void applied(Envelope envelope, ReplicationEvent.ApplyProgressed progressed) {
    Stream stream = streams.get(envelope.subject().pid());
    if (stream == null) {
      return; // it began before the log does
    }
    SpanDraft stretch =
        out.child("apply", stream.root.context(), envelope, stream.stepNanos)
            .put("lifeline.received_lsn", Lsn.format(progressed.receivedLsn()))
            .put("lifeline.replication.lag_bytes", progressed.lagBytes())
            .put("lifeline.replication.lag_ms", progressed.lagMs());
    out.end(stretch, envelope);
    stream.stepNanos = SpanDraft.nanos(envelope);
  }

  /// The process is gone, and its stream with it.
  void processEnded(Envelope envelope, @Nullable String failure) {
    Stream stream = streams.get(envelope.subject().pid());
    if (stream != null && failure != null) {
      stream.root.error(failure, null);
    }
    end(envelope);
  }

  /// A new run: what was open when the one before was killed has no known end.
  void newRun() {
    streams.values().forEach(stream -> out.closed(stream.root));
    streams.clear();
  }

  private static String named(@Nullable String application, @Nullable String slot) {
    String name = application == null || application.isEmpty() ? slot : application;
    return name == null ? "" : " " + name;
  }

  private Stream begin(Envelope envelope, String name, SpanKind kind) {
    SpanDraft root =
        out.root(name, envelope, envelope.trace()).kind(kind).put("db.system.name", "postgresql");
    Stream stream = new Stream(out.opened(root));
    Stream before = streams.put(envelope.subject().pid(), stream);
    if (before != null) {
      out.closed(before.root);
      out.end(before.root, envelope);
    }
    return stream;
  }

  private void end(Envelope envelope) {
    Stream stream = streams.remove(envelope.subject().pid());
    if (stream != null) {
      out.closed(stream.root);
      out.end(stream.root, envelope);
    }
  }
}
