package dev.lifeline.events;

/// Rounds of the background writer that did something.
public sealed interface BgWriterEvent extends LifecycleEvent {

  /// One round over the buffer pool.
  ///
  /// @param maxwrittenClean whether it stopped at `bgwriter_lru_maxpages`
  /// @param buffersAlloc buffers allocated since the round before
  record RoundCompleted(int buffersClean, boolean maxwrittenClean, long buffersAlloc)
      implements BgWriterEvent {}
}
