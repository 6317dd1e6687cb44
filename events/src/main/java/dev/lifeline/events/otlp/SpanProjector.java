package dev.lifeline.events.otlp;

import dev.lifeline.events.AnnotationEvent;
import dev.lifeline.events.BgWriterEvent;
import dev.lifeline.events.BufferEvent;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.FaultEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

/// Folds the log into spans. Give it a log's events in order; each gives the spans that it
/// finished.
public final class SpanProjector {
  private static final EventType COMMITTED = EventType.of(TransactionEvent.Committed.class);
  private static final EventType FLUSHED = EventType.of(WalEvent.Flushed.class);

  private final SpanOutput out;
  private final ClusterSpans cluster;
  private final SessionSpans sessions;
  private final MaintenanceSpans maintenance;
  private final ReplicationSpans replication;

  /// @param resource what all spans say of the server that they are from
  public SpanProjector(long systemIdentifier, Resource resource) {
    out = new SpanOutput(new SpanIds(systemIdentifier), resource);
    cluster = new ClusterSpans(out);
    sessions = new SessionSpans(out);
    maintenance = new MaintenanceSpans(out);
    replication = new ReplicationSpans(out);
  }

  /// The same as of the line's event, without reading the line where nothing may come of it.
  ///
  /// @param reader reads it, now or later
  /// @throws dev.lifeline.events.codec.EventFormatException when the line is read and is not one
  public List<? extends SpanData> apply(JournalLine line, LineReader reader) {
    if (line.isOfType(COMMITTED) && line.pid() >= 0) {
      sessions.committed(line.pid(), LateEnvelope.of(line, reader));
      return List.of();
    }
    if (line.isOfType(FLUSHED)) {
      sessions.flushed(LateEnvelope.of(line, reader));
      return List.of();
    }
    return apply(line.envelope(reader));
  }

  /// The spans that are finished, or announced, by this event.
  public List<? extends SpanData> apply(Envelope envelope) {
    switch (envelope.event()) {
      case PostmasterEvent event -> {
        if (event instanceof PostmasterEvent.Started) {
          sessions.newRun();
          maintenance.newRun();
          replication.newRun();
        }
        cluster.postmaster(envelope, event);
      }
      case ProcessEvent event -> {
        if (event instanceof ProcessEvent.Exited || event instanceof ProcessEvent.Crashed) {
          maintenance.processEnded(envelope, "process ended");
          replication.processEnded(
              envelope, event instanceof ProcessEvent.Crashed ? "process ended" : null);
        }
        sessions.process(envelope, event);
        cluster.process(envelope, event);
      }
      case ConnectionEvent event -> sessions.connection(envelope, event);
      case TransactionEvent event -> sessions.transaction(envelope, event);
      case StatementEvent event -> sessions.statement(envelope, event);
      case LockEvent event -> sessions.lock(envelope, event);
      case WalEvent event -> {
        if (event instanceof WalEvent.Flushed) {
          sessions.flushed(LateEnvelope.of(envelope));
        }
        maintenance.wal(envelope, event);
      }
      case CheckpointEvent event -> cluster.checkpoint(envelope, event);
      case RecoveryEvent event -> cluster.recovery(envelope, event);
      case VacuumEvent event -> maintenance.vacuum(envelope, event);
      case BgWriterEvent event -> {}
      case BufferEvent event -> {}
      case StatsEvent event -> {}
      case ReplicationEvent event -> replication.replication(envelope, event);
      case FaultEvent event -> {}
      case ObserverEvent event -> {}
      case ServerEvent event -> {}
      case AnnotationEvent event -> {}
    }
    return out.take();
  }

  /// Where to begin again after a restart, so that spans that are open now are whole: the oldest
  /// event that one of them began with, or the one given when none is open.
  public long resumeFrom(long nextSequence) {
    return out.oldestOpen(nextSequence);
  }
}
