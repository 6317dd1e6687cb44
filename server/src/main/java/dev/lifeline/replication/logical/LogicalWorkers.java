package dev.lifeline.replication.logical;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the launcher, the workers of subscriptions and the commands about them know of each other:
/// who was asked for, who runs, and how far the copies of tables are. Of one generation.
///
/// Seen by several event loops; guarded by its monitor, which is held for a few instructions.
/// Actions of others ([Wakeable]) are called outside of it.
public final class LogicalWorkers {
  /// What a worker's session at the publisher must not leave to that server's configuration.
  public static final Map<String, String> CONNECTION_PARAMETERS =
      Map.of(
          "replication",
          "database",
          "client_encoding",
          "UTF8",
          "options",
          "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3");

  /// Somebody who looks again when he is told to; from any thread.
  public interface Wakeable {
    void wakeUp();

    /// Ends in good order, as by SIGTERM.
    default void terminate() {}
  }

  /// Which worker.
  ///
  /// @param relation the table that it copies; 0 for the one that applies
  public record Key(int subscription, int relation) {
    public boolean copies() {
      return relation != 0;
    }
  }

  /// A worker that was asked for, or runs.
  ///
  /// @param database the oid of the one that it works in
  public record Assignment(Key key, int database, String databaseName, int owner) {}

  private static final class Slot {
    final Assignment assignment;
    int pid;
    @Nullable Wakeable worker;
    CopyState copy = CopyState.NONE;
    final List<Promise<Void>> waiters = new ArrayList<>();
    Applying applying = Applying.NOTHING;
    boolean stopped;

    Slot(Assignment assignment) {
      this.assignment = assignment;
    }
  }

  private final Map<Key, Slot> slots = new HashMap<>();
  private final Deque<Slot> starting = new ArrayDeque<>();
  private @Nullable Wakeable launcher;
  private Runnable forkWorker = () -> {};
  private long version;

  /// The launcher is there.
  ///
  /// @param fork asks the postmaster for a worker
  public synchronized void launcher(Wakeable wakeable, Runnable fork) {
    launcher = wakeable;
    forkWorker = fork;
  }

  /// Changes whenever a subscription was changed.
  public synchronized long version() {
    return version;
  }

  /// A transaction was committed that changed subscriptions: everybody looks again.
  public void subscriptionsChanged() {
    List<Wakeable> all = new ArrayList<>();
    synchronized (this) {
      version++;
      Wakeable leader = launcher;
      if (leader != null) {
        all.add(leader);
      }
      for (Slot slot : slots.values()) {
        Wakeable worker = slot.worker;
        if (worker != null) {
          all.add(worker);
        }
      }
    }
    all.forEach(Wakeable::wakeUp);
  }

  /// Asks for a worker, unless there is one already, or as many as there may be.
  ///
  /// @param most `max_logical_replication_workers`
  /// @param mostCopies `max_sync_workers_per_subscription`
  /// @return what came of it
  public Launch launch(Assignment assignment, int most, int mostCopies) {
    Runnable fork;
    synchronized (this) {
      Key key = assignment.key();
      if (slots.containsKey(key)) {
        return Launch.THERE;
      }
      if (slots.size() >= most) {
        return Launch.NO_SLOT;
      }
      if (key.copies() && copies(key.subscription()) >= mostCopies) {
        return Launch.ENOUGH;
      }
      Slot slot = new Slot(assignment);
      slots.put(key, slot);
      starting.add(slot);
      fork = forkWorker;
    }
    fork.run();
    return Launch.ASKED;
  }

  /// What became of asking for a worker.
  public enum Launch {
    ASKED,
    THERE,
    ENOUGH,
    NO_SLOT
  }

  private int copies(int subscription) {
    return (int)
        slots.keySet().stream()
            .filter(key -> key.copies() && key.subscription() == subscription)
            .count();
  }

  /// A worker begins; null where nobody is asked for any more.
  public synchronized @Nullable Assignment began(int pid, Wakeable worker) {
    Slot slot = starting.poll();
    while (slot != null && slot.stopped) {
      slot = starting.poll();
    }
    if (slot == null) {
      return null;
    }
    slot.pid = pid;
    slot.worker = worker;
    return slot.assignment;
  }

  /// A worker has ended. Who waits for that goes on, and so do the launcher and those who work for
  /// the same subscription.
  public void ended(Key key, int pid) {
    List<Promise<Void>> waiters = new ArrayList<>();
    List<Wakeable> others = new ArrayList<>();
    synchronized (this) {
      Slot slot = slots.get(key);
      if (slot == null || slot.pid != pid) {
        return;
      }
      slots.remove(key);
      waiters.addAll(slot.waiters);
      others.addAll(others(key));
    }
    waiters.forEach(Promise::complete);
    others.forEach(Wakeable::wakeUp);
  }

  private List<Wakeable> others(Key key) {
    List<Wakeable> others = new ArrayList<>();
    Wakeable leader = launcher;
    if (leader != null && !key.copies()) {
      others.add(leader);
    }
    for (Slot other : slots.values()) {
      Wakeable worker = other.worker;
      if (worker != null
          && other.assignment.key().subscription() == key.subscription()
          && !other.assignment.key().equals(key)) {
        others.add(worker);
      }
    }
    return others;
  }

  /// Ends workers of a subscription.
  ///
  /// @param relation the table that it copies; 0 for all workers
  public Future<Void> stop(int subscription, int relation) {
    List<Future<Void>> ends = new ArrayList<>();
    List<Wakeable> told = new ArrayList<>();
    synchronized (this) {
      for (Slot slot : List.copyOf(slots.values())) {
        Key key = slot.assignment.key();
        if (key.subscription() != subscription || (relation != 0 && key.relation() != relation)) {
          continue;
        }
        Wakeable worker = slot.worker;
        if (worker == null) {
          // Nobody has begun with it.
          slot.stopped = true;
          slots.remove(key);
          continue;
        }
        Promise<Void> end = Promise.promise();
        slot.waiters.add(end);
        ends.add(end.future());
        told.add(worker);
      }
    }
    told.forEach(Wakeable::terminate);
    return Future.join(ends).mapEmpty();
  }

  /// Whether a worker was asked for and has not ended.
  public synchronized boolean has(Key key) {
    return slots.containsKey(key);
  }

  /// What a process works for; null where it is none of these.
  public synchronized @Nullable Assignment of(int pid) {
    for (Slot slot : slots.values()) {
      if (slot.pid == pid) {
        return slot.assignment;
      }
    }
    return null;
  }

  /// What a worker does now.
  ///
  /// @param transaction whether it is in one of the publisher's transactions
  /// @param sinceMicros since 1970; 0 where it has only begun
  public record Applying(boolean transaction, long sinceMicros) {
    static final Applying NOTHING = new Applying(false, 0);
  }

  /// A worker begins or ends a transaction.
  synchronized void applying(Key key, Applying now) {
    Slot slot = slots.get(key);
    if (slot != null) {
      slot.applying = now;
    }
  }

  public synchronized Applying applying(int pid) {
    for (Slot slot : slots.values()) {
      if (slot.pid == pid) {
        return slot.applying;
      }
    }
    return Applying.NOTHING;
  }

  // ---- how far copies are

  /// How far the worker of a copy is: what the catalog does not have.
  ///
  /// @param catchUpLsn where the apply worker is, while [Phase#CATCHUP]
  public record CopyState(Phase phase, long catchUpLsn) {
    static final CopyState NONE = new CopyState(Phase.COPYING, 0);
  }

  /// See [dev.lifeline.catalog.SubscriptionTable.State].
  public enum Phase {
    COPYING,
    SYNCWAIT,
    CATCHUP
  }

  /// How far a copy's worker is; null where there is none.
  public synchronized @Nullable CopyState copy(Key key) {
    Slot slot = slots.get(key);
    return slot == null ? null : slot.copy;
  }

  /// A copy is at another point: its worker and the one who applies are told.
  public void copy(Key key, CopyState state) {
    List<Wakeable> told = new ArrayList<>();
    synchronized (this) {
      Slot slot = slots.get(key);
      if (slot == null) {
        return;
      }
      slot.copy = state;
      told.addAll(others(key));
      Wakeable own = slot.worker;
      if (own != null) {
        told.add(own);
      }
    }
    told.forEach(Wakeable::wakeUp);
  }

  /// Wakes the one up who applies.
  public void wakeApply(int subscription) {
    Wakeable worker;
    synchronized (this) {
      Slot slot = slots.get(new Key(subscription, 0));
      worker = slot == null ? null : slot.worker;
    }
    if (worker != null) {
      worker.wakeUp();
    }
  }
}
