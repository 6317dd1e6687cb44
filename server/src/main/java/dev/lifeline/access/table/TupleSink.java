package dev.lifeline.access.table;

import java.lang.foreign.MemorySegment;

/// Takes tuples out of a table.
@FunctionalInterface
public interface TupleSink {
  /// Ignores the tuple: for callers that only want to know whether there is one.
  TupleSink NONE = (tid, memory, offset, length) -> {};

  /// A tuple that qualifies. Called under the shared latch of its page: copies out what it wants at
  /// once, calls nothing of the storage, throws nothing.
  ///
  /// @param tid of this row version
  /// @param memory holds the payload at `offset`, `length` bytes of it
  void tuple(long tid, MemorySegment memory, long offset, int length);
}
