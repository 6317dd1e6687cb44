package dev.lifeline.commands;

import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/// The cost-based delay of VACUUM: each page that it looks at has a price, and when
/// `vacuum_cost_limit` is spent it sleeps for `vacuum_cost_delay`.
final class VacuumDelay {
  /// However much was spent at once, it sleeps so many delays at most.
  private static final int DELAYS_MAX = 4;

  private static final double NANOS_PER_MS = 1e6;

  private final SessionContext session;
  private final double delayMs;
  private final long limit;
  private final long hit;
  private final long miss;
  private final long dirty;
  private long balance;
  private long slept;

  VacuumDelay(SessionContext session) {
    this.session = session;
    GucSession gucs = session.gucs();
    this.delayMs = gucs.get(Gucs.VACUUM_COST_DELAY);
    this.limit = gucs.get(Gucs.VACUUM_COST_LIMIT);
    this.hit = gucs.get(Gucs.VACUUM_COST_PAGE_HIT);
    this.miss = gucs.get(Gucs.VACUUM_COST_PAGE_MISS);
    this.dirty = gucs.get(Gucs.VACUUM_COST_PAGE_DIRTY);
  }

  /// A page was looked at.
  ///
  /// @param read whether it had to be read
  /// @param dirtied whether it was changed
  void page(boolean read, boolean dirtied) {
    balance += (read ? miss : hit) + (dirtied ? dirty : 0);
  }

  /// How often it slept.
  long slept() {
    return slept;
  }

  /// Sleeps where enough was spent, but no longer than until the statement is cancelled.
  Future<Void> rest() {
    if (delayMs <= 0 || balance < limit) {
      return Future.succeededFuture();
    }
    double ms = Math.min(delayMs * balance / limit, delayMs * DELAYS_MAX);
    balance = 0;
    slept++;
    Promise<Void> awake = Promise.promise();
    session.timers().schedule((long) (ms * NANOS_PER_MS), awake::tryComplete);
    return session.interruptible(awake.future());
  }
}
