package dev.lifeline.observe.message;

import java.util.concurrent.atomic.AtomicLong;

/// What the servers of one cluster know of each other: a primary and its standbys share a journal,
/// and what befalls the primary is why a standby loses its stream.
///
/// Their observers may run on different event loops, so any thread may call.
public final class Siblings {
  private final AtomicLong primaryTrouble = new AtomicLong();

  /// The primary is going away or has gone, says the event with this sequence.
  void primaryFails(long sequence) {
    primaryTrouble.set(sequence);
  }

  /// There is a primary that runs.
  void primaryRuns() {
    primaryTrouble.set(0);
  }

  /// The event that tells why there is no primary, 0 while there is one.
  long primaryTrouble() {
    return primaryTrouble.get();
  }
}
