package dev.lifeline.events.journal;

import java.util.List;
import java.util.concurrent.CompletionStage;

/// Somebody who follows the log as it grows. Called on the executor that was given to
/// [Journal#follow], one call at a time.
public interface TailListener {
  /// The next events.
  ///
  /// @return completes when the listener can take more; nothing is read before, so a slow listener
  ///   costs nothing but time. A failure ends the following.
  CompletionStage<?> onLines(List<JournalLine> lines);

  /// Events that are not kept any more: the listener was too slow for retention.
  void onSkipped(long fromSequence, long toSequence);

  /// The following has ended by an error.
  void onFailure(Throwable failure);
}
