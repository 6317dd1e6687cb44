package dev.lifeline.events.timeline;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.EventType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One event, as the timeline keeps it.
///
/// @param type its number in [#TYPES]
/// @param cause its cause's sequence, 0 for a root cause
/// @param durationMs how long what it reports took, 0 where it reports no such thing or a slice
///   tells it
public record Tick(
    Place place, int row, int pid, int type, Group group, long cause, float durationMs) {
  /// Every type of event by its number. Another version may have others; see [BlockFile].
  static final List<String> TYPES = EventType.all().stream().map(EventType::shortName).toList();

  private static final Map<Class<?>, Integer> NUMBERS = new HashMap<>();

  static {
    List<EventType> all = EventType.all();
    for (int i = 0; i < all.size(); i++) {
      NUMBERS.put(all.get(i).eventClass(), i);
    }
  }

  static int type(LifecycleEvent event) {
    Integer number = NUMBERS.get(event.getClass());
    if (number == null) {
      throw new IllegalStateException("not in the sealed hierarchy: " + event.getClass());
    }
    return number;
  }

  /// How long what the event reports took, where no slice tells it.
  static float durationMs(Envelope envelope) {
    double millis =
        switch (envelope.event()) {
          case TransactionEvent.Committed e -> e.durationMs();
          case TransactionEvent.RolledBack e -> e.durationMs();
          case TransactionEvent.Prepared e -> e.durationMs();
          case StatementEvent.Completed e -> e.durationMs();
          case StatementEvent.Failed e -> e.durationMs();
          case WalEvent.Flushed e -> e.writeMs() + e.syncMs();
          case WalEvent.SegmentArchived e -> e.elapsedMs();
          case WalEvent.SegmentRestored e -> e.elapsedMs();
          case WalEvent.ArchiveFailed e -> e.elapsedMs();
          case VacuumEvent.AnalyzeCompleted e -> e.elapsedMs();
          case ProcessEvent.Ready e -> e.startupMs();
          default -> 0;
        };
    return (float) millis;
  }

  /// The WAL position that the event tells, 0 where it tells none.
  static long lsn(Envelope envelope) {
    return switch (envelope.event()) {
      case TransactionEvent.Committed e -> e.commitLsn();
      case TransactionEvent.Prepared e -> e.prepareLsn();
      case WalEvent.Flushed e -> e.endLsn();
      case WalEvent.SegmentSwitched e -> e.startLsn();
      case CheckpointEvent.Started e -> e.redoLsn();
      case CheckpointEvent.Completed e -> e.checkpointLsn();
      case RecoveryEvent.NotRequired e -> e.checkpointLsn();
      case RecoveryEvent.Started e -> e.redoLsn();
      case RecoveryEvent.Progressed e -> e.currentLsn();
      case RecoveryEvent.Completed e -> e.endLsn();
      case RecoveryEvent.TargetReached e -> e.endLsn();
      case RecoveryEvent.TimelineSwitched e -> e.switchLsn();
      case RecoveryEvent.Promoted e -> e.endLsn();
      case ReplicationEvent.SenderStarted e -> e.startLsn();
      case StatsEvent.Reported e -> e.walInsertLsn();
      default -> 0;
    };
  }
}
