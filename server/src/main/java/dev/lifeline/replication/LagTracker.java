package dev.lifeline.replication;

/// When which place of the WAL was sent: from what a client reports of its places, how long it
/// needs for them. Belongs to the sender's event loop.
///
/// A place is remembered at most once in [#INTERVAL_NANOS], as in PostgreSQL's logical senders: the
/// lag is a figure for the eye, and a busy stream passes thousands of places between two looks.
final class LagTracker {
  static final long INTERVAL_NANOS = 1_000_000_000;

  /// Nothing can be said: of a client that has nothing before it, or has not reported yet.
  static final long UNKNOWN = -1;

  /// Many minutes of places; of a client that is further behind, the newest are left out.
  static final int PLACES_MAX = 1024;

  private final long[] lsns = new long[PLACES_MAX];
  private final long[] times = new long[PLACES_MAX];

  /// How many places were remembered, of which the last [#PLACES_MAX] are there.
  private long remembered;

  /// The three things that a client does with what it is sent.
  final Stage write = new Stage();

  final Stage flush = new Stage();
  final Stage apply = new Stage();

  private long lsn(long place) {
    return lsns[(int) (place % PLACES_MAX)];
  }

  private long time(long place) {
    return times[(int) (place % PLACES_MAX)];
  }

  /// Everything up to a place has been sent.
  void sent(long lsn, long nowNanos) {
    boolean first = remembered == 0;
    if (!first
        && (lsn <= lsn(remembered - 1) || nowNanos - time(remembered - 1) < INTERVAL_NANOS)) {
      return;
    }
    long needed = Math.min(write.next, Math.min(flush.next, apply.next));
    if (remembered - needed < PLACES_MAX) {
      lsns[(int) (remembered % PLACES_MAX)] = lsn;
      times[(int) (remembered % PLACES_MAX)] = nowNanos;
      remembered++;
    }
  }

  /// How far a client is with one of them.
  final class Stage {
    /// The first place that it has not reported to have reached.
    private long next;

    /// The last place that it has, by which the way to the next one is measured; 0: none.
    private long reachedLsn;

    private long reachedTime;

    private Stage() {}

    /// The client reports a place.
    ///
    /// @return how long ago that place was sent, in nanoseconds; [#UNKNOWN] where nothing is known
    long reached(long lsn, long nowNanos) {
      long before = next;
      while (next < remembered && lsn(next) <= lsn) {
        reachedLsn = lsn(next);
        reachedTime = time(next);
        next++;
      }
      if (next > before) {
        return nowNanos - reachedTime;
      }
      if (next == remembered) {
        // It has caught up: what it reports next is measured from that alone.
        reachedLsn = 0;
        return UNKNOWN;
      }
      return reachedLsn == 0 ? UNKNOWN : nowNanos - between(lsn);
    }

    /// When a place between the last one reached and the next one was sent, by its distance to
    /// both.
    private long between(long lsn) {
      double share = (double) (lsn - reachedLsn) / (lsn(next) - reachedLsn);
      return reachedTime + (long) (Math.max(0, share) * (time(next) - reachedTime));
    }
  }
}
