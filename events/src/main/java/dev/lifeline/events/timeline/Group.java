package dev.lifeline.events.timeline;

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
import java.util.Locale;

/// What events have in common for the eye: the timeline has a color for each, and counts by them.
public enum Group {
  LIFECYCLE(0),
  SESSION(1),
  TRANSACTION(2),
  STATEMENT(3),
  WAL(4),
  CHECKPOINT(5),
  VACUUM(6),
  RECOVERY(7),
  LOCK(8),
  REPLICATION(9),
  STATS(10),
  NOTE(11),
  /// Whatever its family: something failed, was lost, or was made to fail.
  TROUBLE(12);

  private final int number;

  Group(int number) {
    this.number = number;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What stands for it in ticks and tiles: whoever reads them is told the names in this order.
  int number() {
    return number;
  }

  static Group of(Envelope envelope) {
    if (envelope.dropped() > 0) {
      return TROUBLE;
    }
    return switch (envelope.event()) {
      case PostmasterEvent event -> LIFECYCLE;
      case ProcessEvent event -> process(event);
      case ConnectionEvent.Rejected event -> TROUBLE;
      case ConnectionEvent event -> SESSION;
      case TransactionEvent event -> TRANSACTION;
      case StatementEvent.Failed event -> TROUBLE;
      case StatementEvent.Completed event -> STATEMENT;
      case WalEvent.ArchiveFailed event -> TROUBLE;
      case WalEvent event -> WAL;
      case CheckpointEvent event -> CHECKPOINT;
      case BgWriterEvent event -> CHECKPOINT;
      case BufferEvent event -> CHECKPOINT;
      case VacuumEvent event -> VACUUM;
      case RecoveryEvent event -> RECOVERY;
      case LockEvent.DeadlockDetected event -> TROUBLE;
      case LockEvent event -> LOCK;
      case StatsEvent event -> STATS;
      case ReplicationEvent.ApplyFailed event -> TROUBLE;
      case ReplicationEvent event -> REPLICATION;
      case FaultEvent event -> TROUBLE;
      case ObserverEvent.GapDetected event -> TROUBLE;
      case ObserverEvent event -> NOTE;
      case ServerEvent.Logged event -> troubled(event.errorSeverity()) ? TROUBLE : NOTE;
      case AnnotationEvent event -> NOTE;
    };
  }

  private static boolean troubled(String severity) {
    return switch (severity) {
      case "ERROR", "FATAL", "PANIC" -> true;
      default -> false;
    };
  }

  private static Group process(ProcessEvent event) {
    return switch (event) {
      case ProcessEvent.Crashed crashed -> TROUBLE;
      case ProcessEvent.Lost lost -> TROUBLE;
      case ProcessEvent.Forked forked -> LIFECYCLE;
      case ProcessEvent.Ready ready -> LIFECYCLE;
      case ProcessEvent.Exited exited -> LIFECYCLE;
      case ProcessEvent.Restarted restarted -> LIFECYCLE;
      case ProcessEvent.Terminated terminated -> LIFECYCLE;
    };
  }
}
