package dev.lifeline.events.otlp;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;

/// Trace and span ids that follow from the log: of a cluster, the sequence of the event that a span
/// begins with, and which of that event's spans it is.
public final class SpanIds {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private final long cluster;

  public SpanIds(long systemIdentifier) {
    cluster = mix(systemIdentifier);
  }

  /// The trace whose root span begins with this event.
  public String traceId(long sequence) {
    long high = mix(cluster ^ mix(sequence));
    return TraceId.fromLongs(high, mix(high + GOLDEN) | 1); // never all zero, which is no id
  }

  /// A span that begins with this event.
  ///
  /// @param name which one, because an event may begin several
  public String spanId(long sequence, String name) {
    long id = mix(cluster + mix(sequence * GOLDEN + name.hashCode()));
    return SpanId.fromLong(id == 0 ? 1 : id);
  }

  /// The finalizer of MurmurHash3 with Stafford's constants (variant 13), as SplitMix64 uses it.
  private static long mix(long value) {
    value = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    value = (value ^ (value >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return value ^ (value >>> 31);
  }
}
