package dev.lifeline.sim;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XidStatus;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Retry;
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

/// Clients that transfer amounts between the pages of a ledger: each transfer adds two entries
/// whose deltas cancel out, some in savepoints, some rolled back; some make relations and drop
/// them. It remembers what was acknowledged, and checks what is there after a crash.
final class SimTransfers {
  private static final int CLIENTS = 4;

  private final SimCluster cluster;
  private final RelFileLocator rel = new RelFileLocator(5, 20_000);
  private final boolean acknowledgeEarly;
  private final Set<Long> acknowledged = new HashSet<>();
  private final Set<RelFileLocator> live = new HashSet<>();
  private final Set<RelFileLocator> gone = new HashSet<>();
  private long nextTransfer = 1;
  private int running;

  /// @param acknowledgeEarly a defect to be found: clients are told of the commit before its flush
  SimTransfers(SimCluster cluster, boolean acknowledgeEarly) {
    this.cluster = cluster;
    this.acknowledgeEarly = acknowledgeEarly;
  }

  private SharedMemory shared() {
    return cluster.shared();
  }

  /// Makes the table, and a checkpoint, so that the workload begins on a quiet cluster.
  void prepare() {
    Proc proc = shared().transactions().register(1, 5);
    Xact xact = shared().transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
    Future<Void> made = Retry.run(() -> shared().storage().create(xact, rel));
    for (int i = 0; i < SimLedger.PAGES; i++) {
      made = made.compose(ignored -> Retry.run(() -> SimLedger.addPage(shared(), xact, rel)));
    }
    cluster.scheduler().await(made.compose(ignored -> xact.commit()));
    shared().transactions().unregister(proc);
    cluster.scheduler().await(shared().checkpoint(CheckpointRequest.requested()));
  }

  /// Lets the clients do so many transactions each, beside checkpoints and the background writer.
  void run(int transactions) {
    running = CLIENTS;
    for (int i = 0; i < CLIENTS; i++) {
      Proc proc = shared().transactions().register(100 + i, 5);
      client(proc, transactions)
          .onComplete(result -> {
            running--;
            if (result.failed() && !isEndOfLife(result.cause())) {
              throw new AssertionError(result.cause());
            }
          });
    }
    background();
    cluster.scheduler().runUntil(() -> running == 0);
    if (running != 0) {
      throw new AssertionError("the clients are stuck");
    }
  }

  /// Those who waited for a flush when the server died are told so.
  private static boolean isEndOfLife(Throwable cause) {
    return cause instanceof PgException e && e.sqlState() == SqlState.CRASH_SHUTDOWN;
  }

  private void background() {
    cluster.scheduler().schedule(1_000_000, this::checkpoint);
    cluster.scheduler().schedule(700_000, this::clean);
  }

  private void checkpoint() {
    if (running > 0) {
      shared()
          .checkpoint(
              cluster.random().nextBoolean()
                  ? CheckpointRequest.requested()
                  : CheckpointRequest.timed())
          .onComplete(result -> {
            if (result.failed()) {
              throw new AssertionError(result.cause());
            }
            cluster.scheduler().schedule(1_500_000, this::checkpoint);
          });
    }
  }

  private void clean() {
    if (running > 0) {
      shared()
          .backgroundWriterRound(new Subject("background writer", 7))
          .onComplete(ignored -> cluster.scheduler().schedule(700_000, this::clean));
    }
  }

  private Future<Void> client(Proc proc, int left) {
    if (left == 0) {
      shared().transactions().unregister(proc);
      return Future.succeededFuture();
    }
    return transaction(proc)
        .compose(ignored -> cluster.scheduler().yieldTurn())
        .compose(ignored -> client(proc, left - 1));
  }

  private Future<Void> transaction(Proc proc) {
    Random random = cluster.random();
    Xact xact = shared().transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
    return switch (random.nextInt(8)) {
      case 0 -> transfer(xact, true).compose(ignored -> xact.abort());
      case 1 -> withSavepoint(xact);
      case 2 -> relation(xact);
      default -> transferAndCommit(xact);
    };
  }

  private Future<Void> transferAndCommit(Xact xact) {
    long transfer = nextTransfer;
    return transfer(xact, true).compose(ignored -> commit(xact, transfer));
  }

  private Future<Void> commit(Xact xact, long transfer) {
    if (acknowledgeEarly) {
      xact.setSynchronousCommit(false);
    }
    return xact.commit().onSuccess(ignored -> acknowledged.add(transfer));
  }

  /// A subtransaction is rolled back, another one stays.
  private Future<Void> withSavepoint(Xact xact) {
    xact.beginSub();
    return transfer(xact, false)
        .compose(ignored -> {
          xact.abortSub();
          xact.beginSub();
          long transfer = nextTransfer;
          return transfer(xact, true)
              .compose(done -> {
                xact.commitSub();
                return commit(xact, transfer);
              });
        });
  }

  private Future<Void> transfer(Xact xact, boolean whole) {
    Random random = cluster.random();
    long transfer = nextTransfer++;
    int from = random.nextInt(SimLedger.PAGES);
    int to = random.nextInt(SimLedger.PAGES);
    long amount = 1L + random.nextInt(1000);
    Future<Void> first =
        Retry.run(() -> SimLedger.add(shared(), xact, rel, from, transfer, -amount));
    return whole
        ? first.compose(
            ignored -> Retry.run(() -> SimLedger.add(shared(), xact, rel, to, transfer, amount)))
        : first;
  }

  /// A relation is created and stays, or goes with its transaction, or is dropped by a later one.
  private Future<Void> relation(Xact xact) {
    Random random = cluster.random();
    if (!live.isEmpty() && random.nextBoolean()) {
      RelFileLocator old = live.iterator().next();
      live.remove(old);
      shared().storage().dropAtCommit(xact, old);
      return xact.commit().onSuccess(ignored -> gone.add(old));
    }
    RelFileLocator made = new RelFileLocator(5, shared().transactions().nextRelNumber());
    Future<Void> filled =
        Retry.run(() -> shared().storage().create(xact, made))
            .compose(ignored -> Retry.run(() -> SimLedger.addPage(shared(), xact, made)));
    if (random.nextInt(3) == 0) {
      return filled.compose(ignored -> xact.abort()).onSuccess(ignored -> gone.add(made));
    }
    return filled.compose(ignored -> xact.commit()).onSuccess(ignored -> live.add(made));
  }

  /// Everything acknowledged is there, nothing half-done is visible, no file is missing or left
  /// over.
  void check() {
    Map<Long, List<SimLedger.Entry>> visible = new HashMap<>();
    for (int block = 0; block < SimLedger.PAGES; block++) {
      int page = block;
      for (SimLedger.Entry entry : await(Retry.call(() -> SimLedger.read(shared(), rel, page)))) {
        XidStatus status =
            await(Retry.call(() -> shared().transactions().clog().status(entry.xid())));
        if (status == XidStatus.COMMITTED) {
          visible.computeIfAbsent(entry.transfer(), ignored -> new ArrayList<>()).add(entry);
        }
      }
    }
    visible.forEach((transfer, entries) -> {
      long sum = entries.stream().mapToLong(SimLedger.Entry::delta).sum();
      if (entries.size() != 2 || sum != 0) {
        throw new AssertionError("half of transfer " + transfer + " is visible: " + entries);
      }
    });
    for (long transfer : acknowledged) {
      if (!visible.containsKey(transfer)) {
        throw new AssertionError("acknowledged transfer " + transfer + " is lost");
      }
    }
    checkRelations();
  }

  private void checkRelations() {
    for (RelFileLocator each : live) {
      if (await(Retry.call(() -> shared().buffers().blocks(each, Fork.MAIN))) < 1) {
        throw new AssertionError("committed relation " + each + " has lost its page");
      }
      await(Retry.call(() -> SimLedger.read(shared(), each, 0)));
    }
    for (RelFileLocator each : gone) {
      if (await(shared().disk().exists(each.path(Fork.MAIN, 0)))) {
        throw new AssertionError("the file of " + each + " is left over");
      }
    }
  }

  private <T> T await(Future<T> future) {
    return cluster.scheduler().await(future);
  }
}
