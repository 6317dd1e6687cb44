package dev.lifeline.executor.trigger;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.SessionContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The events of a transaction that triggers have not been fired for: those of the statement that
/// runs, and those that wait for the end of the transaction. Belongs to the session's event loop.
///
/// Firing is in the plain style: it may throw [dev.lifeline.utils.NotYet], and goes on where it was
/// when it is called again.
public final class AfterTriggers implements XactListener {
  private final ConstraintModes modes = new ConstraintModes();
  private final EventList immediate = new EventList();
  private final EventList deferred = new EventList();

  /// Plans for a session that sees catalogs of its own.
  private final Map<Object, QueryPlan> plans = new HashMap<>(0);

  private long plansOf;
  private int next;
  private boolean began;
  private @Nullable RiAction running;

  private AfterTriggers() {}

  /// Those of a transaction.
  public static AfterTriggers of(Xact xact) {
    return xact.listener(AfterTriggers.class, AfterTriggers::new);
  }

  /// Those of a transaction that has some, or null.
  public static @Nullable AfterTriggers existing(Xact xact) {
    return xact.findListener(AfterTriggers.class);
  }

  void queue(RiTrigger trigger, long oldTid, long newTid, int subId) {
    boolean waits = trigger.canWait() && modes.isDeferred(trigger.key());
    (waits ? deferred : immediate).add(trigger, oldTid, newTid, subId);
  }

  /// Whether anything is still to come. That may be the check of a row that is replaced now.
  boolean hasPending() {
    return immediate.size() > 0 || deferred.size() > 0;
  }

  /// Whether events about the rows of a table are still to come: then it must not get another form.
  public boolean hasPending(int relation) {
    for (int event = 0; event < deferred.size(); event++) {
      if (!deferred.isFired(event)
          && deferred.trigger(event).stored().relation().oid() == relation) {
        return true;
      }
    }
    return false;
  }

  /// Fires what the statement has queued, and what that queues. Called at the end of the statement,
  /// whose changes the triggers see.
  public void fireImmediate(SessionContext session) {
    if (immediate.size() == 0) {
      return;
    }
    begin(session);
    while (next < immediate.size()) {
      run(session, immediate, next);
      next++;
    }
    immediate.clear();
    end();
  }

  /// Before the transaction commits: fires all that has waited.
  public void fireDeferred(SessionContext session) {
    fire(session, true);
  }

  /// After SET CONSTRAINTS ... IMMEDIATE: fires what need not wait any more.
  public void fireDue(SessionContext session) {
    fire(session, false);
  }

  private void fire(SessionContext session, boolean all) {
    if (deferred.size() == 0) {
      return;
    }
    begin(session);
    while (next < deferred.size()) {
      RiTrigger trigger = deferred.trigger(next);
      if (!deferred.isFired(next) && (all || !modes.isDeferred(trigger.key()))) {
        run(session, deferred, next);
        deferred.fired(next, session.xact().subId());
      }
      next++;
    }
    if (all) {
      deferred.clear();
    }
    end();
  }

  private void begin(SessionContext session) {
    if (!began) {
      began = true;
      session.xact().nextCommand();
    }
  }

  private void end() {
    next = 0;
    began = false;
  }

  private void run(SessionContext session, EventList events, int event) {
    RiAction action = running;
    if (action == null) {
      action =
          new RiAction(
              events.trigger(event), this, session, events.oldTid(event), events.newTid(event));
      running = action;
    }
    action.run();
    running = null;
  }

  /// SET CONSTRAINTS ALL.
  public void setAll(Xact xact, boolean isDeferred) {
    modes.setAll(xact.subId(), isDeferred);
  }

  /// SET CONSTRAINTS of one, by its oid.
  public void set(Xact xact, int constraint, boolean isDeferred) {
    modes.set(xact.subId(), constraint, isDeferred);
  }

  /// The plans that were made for this session alone, at this generation of the catalogs.
  Map<Object, QueryPlan> plans(long generation) {
    if (plansOf != generation) {
      plans.clear();
      plansOf = generation;
    }
    return plans;
  }

  @Override
  public void ended(Xact xact, boolean committed) {
    immediate.clear();
    deferred.clear();
    forget();
  }

  @Override
  public void subEnded(Xact xact, int subId, int parentSubId, boolean committed) {
    immediate.subEnded(subId, parentSubId, committed);
    deferred.subEnded(subId, parentSubId, committed);
    modes.subEnded(subId, parentSubId, committed);
    if (!committed) {
      forget();
    }
  }

  private void forget() {
    RiAction action = running;
    running = null;
    if (action != null) {
      action.close();
    }
    end();
  }
}
