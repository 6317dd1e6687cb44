package dev.lifeline.sim;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Clients on heap and B-tree: transfers between accounts with a history, clients that want the
/// same unique keys, vacuum beside everything.
///
/// After a crash: each account's balance is what the visible history makes of it, so a transfer is
/// there as a whole or not at all; every acknowledged transfer is in the history; every key has at
/// most one row; what was acknowledged as inserted is there unless somebody tried to delete it; and
/// the pages pass the verifiers.
final class SimBank {
  private static final int CLIENTS = 4;
  private static final int ACCOUNTS = 12;
  private static final int NAMES = 10;
  private static final long INITIAL = 1_000_000;

  private final SimCluster cluster;
  private HeapAccess heap;
  private BTreeAccess btrees;
  private final SimRelation accounts;
  private final SimRelation history;
  private final SimRelation names;
  private final SimDocuments documents;
  private final Set<Long> documentsInserted = new HashSet<>();
  private final Set<Long> documentsMaybeDeleted = new HashSet<>();
  private final Set<Long> documentsDeleted = new HashSet<>();

  /// The least version that a document must have.
  private final Map<Long, Long> versions = new HashMap<>();

  private long nextDocument = 1;
  private final Set<Long> acknowledged = new HashSet<>();
  private final Set<Long> namesInserted = new HashSet<>();
  private final Set<Long> namesMaybeDeleted = new HashSet<>();
  private final Set<Long> namesDeleted = new HashSet<>();
  private long nextTransfer = 1;
  private long nextName = 1;
  private int running;

  SimBank(SimCluster cluster) {
    this.cluster = cluster;
    this.heap = new HeapAccess(cluster.shared());
    this.btrees = new BTreeAccess(heap);
    this.accounts = new SimRelation(20_000, heap, btrees);
    this.history = new SimRelation(20_010, heap, btrees);
    this.names = new SimRelation(20_020, heap, btrees);
    this.documents = new SimDocuments(20_030, heap, btrees);
  }

  private SharedMemory shared() {
    return cluster.shared();
  }

  private <T> T await(Future<T> future) {
    return cluster.scheduler().await(future);
  }

  /// A session of the simulated server.
  private record Session(Proc proc, LockOwner owner) {}

  private Session session(int pid) {
    Subject subject = new Subject("client backend", pid);
    Proc proc = shared().transactions().register(subject, 5);
    LockOwner owner = shared().locks().attach(pid, subject, cluster.scheduler());
    proc.setLockOwner(owner);
    return new Session(proc, owner);
  }

  private Xact begin(Session session) {
    return shared().transactions().begin(session.proc, IsolationLevel.READ_COMMITTED, false);
  }

  private Future<Void> commit(Session session, Xact xact) {
    return xact.commit().onSuccess(ignored -> shared().locks().releaseAll(session.owner));
  }

  private Future<Void> abort(Session session, Xact xact) {
    return xact.abort().onComplete(ignored -> shared().locks().releaseAll(session.owner));
  }

  void prepare() {
    Session session = session(1);
    Xact xact = begin(session);
    Future<Void> made =
        accounts
            .create(shared(), btrees, xact)
            .compose(ignored -> history.create(shared(), btrees, xact))
            .compose(ignored -> names.create(shared(), btrees, xact))
            .compose(ignored -> documents.create(shared(), btrees, xact));
    for (int i = 0; i < ACCOUNTS; i++) {
      long key = i;
      made = made.compose(ignored -> accounts.insert(xact, key, INITIAL, 0).mapEmpty());
    }
    await(made.compose(ignored -> commit(session, xact)));
    end(session);
    await(shared().checkpoint(CheckpointRequest.requested()));
  }

  private void end(Session session) {
    shared().locks().detach(session.owner);
    shared().transactions().unregister(session.proc);
  }

  /// Shared memory is a new one.
  void restarted() {
    heap = new HeapAccess(shared());
    btrees = new BTreeAccess(heap);
    accounts.reopen(heap, btrees);
    history.reopen(heap, btrees);
    names.reopen(heap, btrees);
    documents.reopen(heap, btrees);
  }

  void run(int transactions) {
    running = CLIENTS;
    for (int i = 0; i < CLIENTS; i++) {
      Session session = session(100 + i);
      client(session, transactions)
          .onComplete(result -> {
            running--;
            if (result.cause() instanceof PgException e
                && e.sqlState() == SqlState.CRASH_SHUTDOWN) {
              return; // the power has failed while it waited for somebody
            }
            if (result.failed()) {
              throw new AssertionError(result.cause());
            }
            end(session);
          });
    }
    cluster.scheduler().schedule(2_000_000, this::checkpoint);
    cluster.scheduler().runUntil(() -> running == 0);
    if (running != 0) {
      throw new AssertionError("the clients are stuck: " + shared().locks().list());
    }
  }

  private void checkpoint() {
    if (running > 0) {
      shared()
          .checkpoint(CheckpointRequest.timed())
          .onComplete(result -> {
            if (result.failed()) {
              throw new AssertionError(result.cause());
            }
            cluster.scheduler().schedule(2_000_000, this::checkpoint);
          });
    }
  }

  private Future<Void> client(Session session, int left) {
    if (left == 0) {
      return Future.succeededFuture();
    }
    return transaction(session)
        .compose(ignored -> cluster.scheduler().yieldTurn())
        .compose(ignored -> client(session, left - 1));
  }

  private Future<Void> transaction(Session session) {
    Random random = cluster.random();
    int kind = random.nextInt(16);
    if (kind == 15) {
      return documents.vacuum(shared(), session.owner, random.nextInt(3) > 0);
    }
    if (kind == 0) {
      SimRelation relation = List.of(accounts, names, history).get(random.nextInt(3));
      return relation.vacuum(shared(), session.owner);
    }
    Xact xact = begin(session);
    Future<Void> work =
        switch (kind) {
          case 1, 2, 3 -> lock(session, names).compose(ignored -> insertName(session, xact));
          case 4 -> lock(session, names).compose(ignored -> deleteName(session, xact));
          case 12, 13, 14 ->
              documents
                  .lock(shared(), session.owner, LockMode.ROW_EXCLUSIVE)
                  .compose(ignored -> changeDocuments(session, xact));
          default ->
              lock(session, accounts)
                  .compose(ignored -> lock(session, history))
                  .compose(ignored -> transfer(session, xact));
        };
    return work.recover(failure -> {
      if (failure instanceof PgException e && e.sqlState() == SqlState.T_R_DEADLOCK_DETECTED) {
        return abort(session, xact);
      }
      return Future.failedFuture(failure);
    });
  }

  private Future<Void> lock(Session session, SimRelation relation) {
    return relation.lock(shared(), session.owner, LockMode.ROW_EXCLUSIVE);
  }

  private Future<Void> transfer(Session session, Xact xact) {
    Random random = cluster.random();
    long transfer = nextTransfer++;
    long from = random.nextInt(ACCOUNTS);
    long to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    long amount = 1L + random.nextInt(1000);
    boolean rollBack = random.nextInt(6) == 0;
    return change(xact, from, -amount, random.nextInt(5) == 0)
        .compose(ignored -> change(xact, to, amount, random.nextInt(5) == 0))
        .compose(ignored -> history.insert(xact, transfer, from << 32 | to, amount))
        .compose(ignored -> rollBack ? abort(session, xact) : commit(session, xact))
        .onSuccess(ignored -> {
          if (!rollBack) {
            acknowledged.add(transfer);
          }
        });
  }

  private Future<Void> change(Xact xact, long account, long delta, boolean newEntry) {
    Snapshot snapshot = xact.snapshot();
    return accounts
        .find(xact, snapshot, account)
        .compose(row -> {
          if (row.isEmpty()) {
            throw new AssertionError("account " + account + " is not visible");
          }
          return accounts.update(
              xact,
              row.get(),
              old -> new SimRelation.Row(old.tid(), old.key(), old.value() + delta, old.tag() + 1),
              newEntry);
        })
        .map(changed -> {
          xact.releaseSnapshot();
          if (!changed) {
            throw new AssertionError("account " + account + " is gone");
          }
          xact.nextCommand();
          return null;
        });
  }

  private Future<Void> insertName(Session session, Xact xact) {
    long id = nextName++;
    long key = cluster.random().nextInt(NAMES);
    return names
        .insert(xact, key, id, 0)
        .compose(free -> {
          if (!free) {
            return abort(session, xact);
          }
          return commit(session, xact).onSuccess(ignored -> namesInserted.add(id));
        });
  }

  private Future<Void> deleteName(Session session, Xact xact) {
    long key = cluster.random().nextInt(NAMES);
    return names
        .find(xact, xact.snapshot(), key)
        .compose(row -> {
          if (row.isEmpty()) {
            return abort(session, xact);
          }
          long id = row.get().value();
          return names
              .delete(xact, row.get())
              .compose(deleted -> {
                if (!deleted) {
                  return abort(session, xact);
                }
                namesMaybeDeleted.add(id);
                return commit(session, xact).onSuccess(ignored -> namesDeleted.add(id));
              });
        });
  }

  /// Inserts a document, or changes or deletes one that is there.
  private Future<Void> changeDocuments(Session session, Xact xact) {
    Random random = cluster.random();
    boolean rollBack = random.nextInt(5) == 0;
    int what = random.nextInt(4);
    if (what < 2) {
      long id = nextDocument++;
      return documents
          .insert(xact, id)
          .compose(ignored -> rollBack ? abort(session, xact) : commit(session, xact))
          .onSuccess(ignored -> {
            if (!rollBack) {
              documentsInserted.add(id);
            }
          });
    }
    return documents
        .documents(xact, xact.snapshot())
        .compose(all -> {
          if (all.isEmpty()) {
            return abort(session, xact);
          }
          SimDocuments.Document document = all.get(random.nextInt(all.size()));
          Future<Boolean> changed =
              what == 2 ? documents.update(xact, document) : documents.delete(xact, document);
          return changed.compose(done -> {
            if (!done || rollBack) {
              return abort(session, xact);
            }
            if (what == 3) {
              documentsMaybeDeleted.add(document.id());
            }
            return commit(session, xact)
                .onSuccess(ignored -> {
                  if (what == 3) {
                    documentsDeleted.add(document.id());
                  } else {
                    versions.merge(document.id(), document.version() + 1, Math::max);
                  }
                });
          });
        });
  }

  private void checkDocuments(List<SimDocuments.Document> all) {
    Map<Long, Long> found = new HashMap<>();
    all.forEach(document -> found.put(document.id(), document.version()));
    if (found.size() != all.size()) {
      throw new AssertionError("a document is there twice");
    }
    for (long id : documentsInserted) {
      Long version = found.get(id);
      boolean wrong =
          version == null
              ? !documentsMaybeDeleted.contains(id)
              : documentsDeleted.contains(id) || version < versions.getOrDefault(id, 0L);
      if (wrong) {
        throw new AssertionError("document " + id + " has version " + version);
      }
    }
  }

  void check() {
    Session session = session(2);
    Xact xact = begin(session);
    Snapshot snapshot = xact.snapshot();
    checkBalances(await(accounts.rows(xact, snapshot)), await(history.rows(xact, snapshot)));
    checkNames(await(names.rows(xact, snapshot)));
    checkDocuments(await(documents.check(xact, snapshot)));
    for (long key = 0; key < NAMES; key++) {
      await(names.find(xact, snapshot, key));
    }
    await(commit(session, xact));
    end(session);
    List<String> problems = new ArrayList<>(await(documents.problems()));
    for (SimRelation relation : List.of(accounts, history, names)) {
      problems.addAll(await(relation.problems()));
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  private void checkBalances(List<SimRelation.Row> balances, List<SimRelation.Row> transfers) {
    Map<Long, Long> expected = new HashMap<>();
    for (long i = 0; i < ACCOUNTS; i++) {
      expected.put(i, INITIAL);
    }
    Set<Long> seen = new HashSet<>();
    for (SimRelation.Row row : transfers) {
      if (!seen.add(row.key())) {
        throw new AssertionError("transfer " + row.key() + " is there twice");
      }
      expected.merge(row.value() >>> 32, -row.tag(), Long::sum);
      expected.merge(row.value() & 0xFFFF_FFFFL, row.tag(), Long::sum);
    }
    Map<Long, Long> actual = new HashMap<>();
    balances.forEach(row -> actual.put(row.key(), row.value()));
    if (balances.size() != ACCOUNTS || !actual.equals(expected)) {
      throw new AssertionError("balances " + balances + " do not match history " + transfers);
    }
    for (long transfer : acknowledged) {
      if (!seen.contains(transfer)) {
        throw new AssertionError("acknowledged transfer " + transfer + " is lost");
      }
    }
  }

  private void checkNames(List<SimRelation.Row> rows) {
    Set<Long> keys = new HashSet<>();
    Set<Long> ids = new HashSet<>();
    for (SimRelation.Row row : rows) {
      if (!keys.add(row.key())) {
        throw new AssertionError("two rows have the unique key " + row.key() + ": " + rows);
      }
      ids.add(row.value());
    }
    for (long id : namesInserted) {
      if (!ids.contains(id) && !namesMaybeDeleted.contains(id)) {
        throw new AssertionError("acknowledged row " + id + " is lost");
      }
    }
    for (long id : namesDeleted) {
      if (ids.contains(id)) {
        throw new AssertionError("deleted row " + id + " is back");
      }
    }
  }
}
