package dev.lifeline.events;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// One event on the log: the event, and what the log adds to it. Its JSON form is a CloudEvent 1.0.
///
/// @param systemIdentifier the cluster's identifier from its control file, unsigned
/// @param sequence the event's number: dense, from 1, across restarts
/// @param time when it happened, to the microsecond
/// @param subject the process that it happened to
/// @param cause the sequence of the event that brought this one about, 0 for a root cause
/// @param trace the trace that the work belongs to, when it belongs to one
/// @param event what happened
/// @param dropped how many events before this one could not be kept, usually 0
/// @param dropReason why, when there were any
public record Envelope(
    long systemIdentifier,
    long sequence,
    Instant time,
    Subject subject,
    long cause,
    @Nullable TraceContext trace,
    LifecycleEvent event,
    long dropped,
    @Nullable String dropReason) {

  public Envelope {
    if (sequence < 1) {
      throw new IllegalArgumentException("not a sequence: " + sequence);
    }
    if (cause < 0 || cause >= sequence) {
      throw new IllegalArgumentException("event " + sequence + " cannot be caused by " + cause);
    }
    if (dropped < 0) {
      throw new IllegalArgumentException("not a count: " + dropped);
    }
    time = time.truncatedTo(ChronoUnit.MICROS); // what the text form keeps
  }

  /// An event before which nothing was dropped.
  public Envelope(
      long systemIdentifier,
      long sequence,
      Instant time,
      Subject subject,
      long cause,
      @Nullable TraceContext trace,
      LifecycleEvent event) {
    this(systemIdentifier, sequence, time, subject, cause, trace, event, 0, null);
  }

  /// The CloudEvents `id`, `<system identifier>-<sequence>`.
  public String id() {
    return Long.toUnsignedString(systemIdentifier) + "-" + sequence;
  }

  /// The CloudEvents `source`, `lifeline://<system identifier>`.
  public String source() {
    return "lifeline://" + Long.toUnsignedString(systemIdentifier);
  }
}
