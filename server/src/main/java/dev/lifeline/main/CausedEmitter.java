package dev.lifeline.main;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import org.jspecify.annotations.Nullable;

/// What one generation of shared memory tells of itself: its recovery, and the checkpoint that ends
/// it, are caused by the fork of the startup process, which the storage does not know of.
final class CausedEmitter implements Emitter {
  private final Emitter log;
  private volatile long startup;

  CausedEmitter(Emitter log) {
    this.log = log;
  }

  /// The startup process was forked, by this event.
  void startupForked(long sequence) {
    startup = sequence;
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    boolean ofStartup =
        switch (event) {
          case RecoveryEvent e -> true;
          case CheckpointEvent.Started e -> e.reason() == CheckpointEvent.Reason.END_OF_RECOVERY;
          default -> false;
        };
    return log.emit(subject, event, cause == 0 && ofStartup ? startup : cause, trace);
  }
}
