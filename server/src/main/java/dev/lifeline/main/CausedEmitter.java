package dev.lifeline.main;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import org.jspecify.annotations.Nullable;

/// What one generation of shared memory tells of itself, with the causes that the storage does not
/// know of: the fork of the startup process for its recovery, the end of redo for the checkpoint
/// after it, and for the last checkpoint that the checkpointer was told to end.
final class CausedEmitter implements Emitter {
  private final Emitter log;
  private volatile long startup;
  private volatile long redone;
  private volatile long shutdown;

  CausedEmitter(Emitter log) {
    this.log = log;
  }

  /// The startup process was forked, by this event.
  void startupForked(long sequence) {
    startup = sequence;
  }

  /// The checkpointer was told to write its last checkpoint, by this event.
  void checkpointerTold(long sequence) {
    shutdown = sequence;
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    long sequence = log.emit(subject, event, cause == 0 ? causeOf(event) : cause, trace);
    if (event instanceof RecoveryEvent.Completed) {
      redone = sequence;
    }
    return sequence;
  }

  private long causeOf(LifecycleEvent event) {
    return switch (event) {
      case RecoveryEvent e -> startup;
      case CheckpointEvent.Started e ->
          switch (e.reason()) {
            case END_OF_RECOVERY -> redone == 0 ? startup : redone;
            case SHUTDOWN -> shutdown;
            case TIME, WAL, REQUESTED -> 0;
          };
      default -> 0;
    };
  }
}
