package dev.lifeline.utils.activity;

import java.util.concurrent.atomic.LongAdder;

/// A row of `pg_stat_subscription_stats`: what went wrong for a subscription.
public final class SubscriptionCounters {
  public final LongAdder applyErrors = new LongAdder();
  public final LongAdder syncErrors = new LongAdder();
  private volatile long resetMicros;

  /// When they began, in microseconds since 1970; 0 where they were never reset.
  public long resetMicros() {
    return resetMicros;
  }

  void reset(long nowMicros) {
    applyErrors.reset();
    syncErrors.reset();
    resetMicros = nowMicros;
  }
}
