package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.TraceContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the parts of the projection share: ids, the spans that are ready, and which work is open.
final class SpanOutput {
  private static final int FLUSHES_MAX = 128;

  private final SpanIds ids;
  private final Resource resource;
  private List<ProjectedSpan> ready = new ArrayList<>();

  /// The flushes that were exported since the last checkpoint, as many as one span may link to.
  private final List<SpanContext> flushes = new ArrayList<>();

  private @Nullable SpanContext lastCheckpoint;

  /// How many open spans began with an event.
  private final TreeMap<Long, Integer> open = new TreeMap<>();

  SpanOutput(SpanIds ids, Resource resource) {
    this.ids = ids;
    this.resource = resource;
  }

  /// A root span that begins with this event, in a trace of its own or in the client's.
  SpanDraft root(String name, Envelope envelope, @Nullable TraceContext trace) {
    return root(name, envelope, trace, SpanDraft.nanos(envelope));
  }

  SpanDraft root(String name, Envelope envelope, @Nullable TraceContext trace, long startNanos) {
    long sequence = envelope.sequence();
    String traceId = trace == null ? ids.traceId(sequence) : trace.traceId();
    SpanContext parent = trace == null ? SpanContext.getInvalid() : SpanContextOf.remote(trace);
    return new SpanDraft(
        name, SpanContextOf.ids(traceId, ids.spanId(sequence, "")), parent, sequence, startNanos);
  }

  /// A child span that begins with this event.
  SpanDraft child(String name, SpanContext parent, Envelope envelope) {
    return child(name, parent, envelope, SpanDraft.nanos(envelope));
  }

  SpanDraft child(String name, SpanContext parent, Envelope envelope, long startNanos) {
    return new SpanDraft(
        name,
        SpanContextOf.ids(parent.getTraceId(), ids.spanId(envelope.sequence(), name)),
        parent,
        envelope.sequence(),
        startNanos);
  }

  /// One of several that the event begins.
  ///
  /// @param key which of them
  SpanDraft child(String name, String key, SpanContext parent, Envelope envelope, long startNanos) {
    return new SpanDraft(
        name,
        SpanContextOf.ids(parent.getTraceId(), ids.spanId(envelope.sequence(), key)),
        parent,
        envelope.sequence(),
        startNanos);
  }

  /// A group flush was exported: the next checkpoint is linked to it, and it to the last one.
  void flushed(SpanDraft flush) {
    if (lastCheckpoint != null) {
      flush.link(lastCheckpoint);
    }
    if (flushes.size() < FLUSHES_MAX) {
      flushes.add(flush.context());
    }
  }

  /// A checkpoint is complete: it holds what the flushes since the last one made durable.
  void checkpointed(SpanDraft checkpoint) {
    flushes.forEach(checkpoint::link);
    flushes.clear();
    lastCheckpoint = checkpoint.context();
  }

  /// Notes that a span is open until [#closed].
  SpanDraft opened(SpanDraft draft) {
    open.merge(draft.sequence, 1, Integer::sum);
    return draft;
  }

  void closed(@Nullable SpanDraft draft) {
    if (draft != null) {
      open.computeIfPresent(draft.sequence, (sequence, count) -> count == 1 ? null : count - 1);
    }
  }

  void end(SpanDraft draft, Envelope envelope) {
    ready.add(draft.end(resource, envelope));
  }

  void end(SpanDraft draft, Envelope envelope, long endNanos) {
    ready.add(draft.end(resource, envelope, endNanos));
  }

  /// Shows work that lasts before it ends: a span of no length in the same trace, under the span
  /// that will follow, which will be linked to it.
  void announce(SpanDraft lasting, String name, Envelope envelope) {
    SpanDraft start = child(name + " (started)", lasting.context(), envelope);
    start.put("lifeline.span.phase", "start");
    lasting.link(start.context());
    end(start, envelope);
  }

  /// The spans that became ready since the last call.
  List<ProjectedSpan> take() {
    if (ready.isEmpty()) {
      return List.of();
    }
    List<ProjectedSpan> taken = ready;
    ready = new ArrayList<>();
    return taken;
  }

  /// The oldest event that an open span began with, or the one given when none is open.
  long oldestOpen(long otherwise) {
    return open.isEmpty() ? otherwise : Math.min(otherwise, open.firstKey());
  }
}
