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
/// @param origin where it was read; absent on the log of a server that writes its own
public record Envelope(
    long systemIdentifier,
    long sequence,
    Instant time,
    Subject subject,
    long cause,
    @Nullable TraceContext trace,
    LifecycleEvent event,
    long dropped,
    @Nullable String dropReason,
    @Nullable Origin origin) {

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
    this(systemIdentifier, sequence, time, subject, cause, trace, event, 0, null, null);
  }

  /// An event of the server's own log.
  public Envelope(
      long systemIdentifier,
      long sequence,
      Instant time,
      Subject subject,
      long cause,
      @Nullable TraceContext trace,
      LifecycleEvent event,
      long dropped,
      @Nullable String dropReason) {
    this(systemIdentifier, sequence, time, subject, cause, trace, event, dropped, dropReason, null);
  }

  /// The server whose lanes have its name, because it shares the log of another: a standby that is
  /// observed beside its primary. Empty for the one whose lanes are plain.
  public String guest() {
    String server = origin == null ? "" : origin.server().replace('/', ' ');
    return !server.isEmpty() && subject.processType().startsWith(server + " ") ? server : "";
  }

  /// The CloudEvents `id`, `<system identifier>-<sequence>`; for what was read in an observed
  /// server's log `<system identifier>-<session_id>-<line_num>`.
  public String id() {
    String read = origin == null ? null : origin.id();
    return Long.toUnsignedString(systemIdentifier) + "-" + (read == null ? sequence : read);
  }

  /// The CloudEvents `source`, `lifeline://<system identifier>`.
  public String source() {
    return "lifeline://" + Long.toUnsignedString(systemIdentifier);
  }
}
