package dev.lifeline.events.diff;

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

/// What an observer learns of every time that it happens: what a server writes to its log. What is
/// found by looking at views now and then (that a process was forked, or is gone) is missed when it
/// is over before the next look, and what no log and no view has is never seen.
final class Observable {
  private Observable() {}

  static boolean isObservable(Envelope envelope) {
    return switch (envelope.event()) {
      case PostmasterEvent event ->
          !(event instanceof PostmasterEvent.StateChanged
              || event instanceof PostmasterEvent.ConfigLoaded
              || event instanceof PostmasterEvent.SharedMemoryInitialized);
      case ProcessEvent event -> event instanceof ProcessEvent.Crashed;
      case VacuumEvent event ->
          !(event instanceof VacuumEvent.WorkerLaunched || event instanceof VacuumEvent.Started);
      case StatementEvent event -> event instanceof StatementEvent.Failed;
      case RecoveryEvent event -> !(event instanceof RecoveryEvent.Progressed);
      case ConnectionEvent event -> !(event instanceof ConnectionEvent.Secured);
      case CheckpointEvent event -> true;
      case LockEvent event -> true;
      case ReplicationEvent event -> !(event instanceof ReplicationEvent.ApplyProgressed);
      case WalEvent event -> false;
      case BufferEvent event -> false;
      case BgWriterEvent event -> false;
      case TransactionEvent event -> false;
      case FaultEvent event -> false;
      case AnnotationEvent event -> false;
      case ServerEvent event -> false;
      case StatsEvent event -> false;
      case ObserverEvent event -> false;
    };
  }
}
