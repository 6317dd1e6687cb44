package dev.lifeline.replication.logical;

import java.util.ArrayDeque;
import java.util.Deque;

/// Which of the publisher's transactions are durable here. The publisher may forget what it is told
/// to be flushed, so no transaction is before its commit record is on the disk.
final class FlushPositions {
  private final Deque<Applied> pending = new ArrayDeque<>();
  private long flushed;
  private long written;

  private record Applied(long remoteEnd, long localEnd) {}

  /// A transaction was applied.
  ///
  /// @param localEnd the end of its commit record here; 0 where it has changed nothing
  void applied(long remoteEnd, long localEnd) {
    pending.add(new Applied(remoteEnd, localEnd));
    written = remoteEnd;
  }

  /// The WAL here is durable so far.
  ///
  /// @param received everything before it was applied, where nothing is pending
  void durable(long localFlushed, long received) {
    while (!pending.isEmpty()
        && Long.compareUnsigned(pending.getFirst().localEnd(), localFlushed) <= 0) {
      flushed = pending.removeFirst().remoteEnd();
    }
    if (pending.isEmpty()) {
      flushed = Math.max(flushed, received);
      written = Math.max(written, received);
    }
  }

  boolean isPending() {
    return !pending.isEmpty();
  }

  long flushed() {
    return flushed;
  }

  long written() {
    return written;
  }
}
