package dev.lifeline.events;

/// Pressure on the buffer pool.
public sealed interface BufferEvent extends LifecycleEvent {

  /// Backends had to write pages themselves to get a buffer.
  ///
  /// @param buffersBackend how many within the interval; never one event per page
  record EvictedDirty(long buffersBackend, double intervalMs) implements BufferEvent {}
}
