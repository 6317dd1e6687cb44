package dev.lifeline.access.transam;

import dev.lifeline.events.Subject;
import dev.lifeline.utils.error.PgException;

/// The process that carries checkpoints out: the checkpointer, where there is one. Everybody else
/// asks for theirs and waits.
public interface CheckpointProcess {
  /// Who it is, on the event log.
  Subject subject();

  /// Does something on the process's own event loop.
  void execute(Runnable work);

  /// A checkpoint begins: one that there was nothing to do for does not.
  void starting(CheckpointRequest request);

  /// A checkpoint has ended.
  void completed(CheckpointReport report);

  /// A restartpoint begins.
  void restarting(CheckpointRequest request);

  /// A restartpoint has ended.
  ///
  /// @param where what the log says of the place
  void restarted(CheckpointReport report, PgException where);

  /// For who has no checkpointer: whoever asks for a checkpoint does it himself, at once.
  static CheckpointProcess inline(Subject subject) {
    return new CheckpointProcess() {
      @Override
      public Subject subject() {
        return subject;
      }

      @Override
      public void execute(Runnable work) {
        work.run();
      }

      @Override
      public void starting(CheckpointRequest request) {}

      @Override
      public void completed(CheckpointReport report) {}

      @Override
      public void restarting(CheckpointRequest request) {}

      @Override
      public void restarted(CheckpointReport report, PgException where) {}
    };
  }
}
