package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transfers by real threads under READ COMMITTED, with deadlocks, while another thread sums up:
/// the sum is the same in every snapshot.
class HeapConcurrencyTest {
  private static final int THREADS = 3;
  private static final int ACCOUNTS = 8;
  private static final int EACH = 1500;

  private record Account(long tid, int id, long balance) {}

  private static byte[] payload(int id, long balance) {
    return ByteBuffer.allocate(100).putInt(id).putLong(balance).array();
  }

  private static TupleSink into(List<Account> accounts) {
    return (tid, m, at, length) -> {
      int id = Integer.reverseBytes(m.get(ValueLayout.JAVA_INT_UNALIGNED, at));
      long balance = Long.reverseBytes(m.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 4));
      accounts.add(new Account(tid, id, balance));
    };
  }

  private static List<Account> accounts(
      StorageFixture storage, Table table, Xact xact, Snapshot snapshot) {
    List<Account> accounts = new ArrayList<>();
    TableScan scan = table.scan(xact, snapshot);
    while (storage.run(() -> scan.next(into(accounts), 100))) {}
    return accounts;
  }

  private static void add(StorageFixture storage, Table table, Xact xact, int id, long amount) {
    Account account = null;
    for (Account each : accounts(storage, table, xact, xact.snapshot())) {
      account = each.id == id ? each : account;
    }
    assertTrue(account != null, "account " + id + " is not visible");
    Account current = account;
    while (true) {
      Account from = current;
      byte[] changed = payload(id, from.balance + amount);
      ModifyResult result = storage.run(() -> table.update(xact, from.tid, changed, false));
      if (result.ok()) {
        // Not earlier: the snapshot keeps the row's line pointer from being used again.
        xact.releaseSnapshot();
        return;
      }
      // Somebody was faster: his version is locked and changed instead.
      long next = result.tid();
      while (result.status() == Status.UPDATED) {
        List<Account> latest = new ArrayList<>();
        long tid = next;
        result =
            storage.run(
                () -> table.lock(xact, tid, RowLock.UPDATE, LockWaitPolicy.BLOCK, into(latest)));
        next = result.tid();
        if (result.ok()) {
          current = latest.getFirst();
        }
      }
      assertEquals(Status.OK, result.status());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theSumIsConserved(long seed) throws Exception {
    StorageFixture storage = new StorageFixture(StorageFixture.config(1024));
    Session owner = storage.session(99);
    Table table = storage.createTable(owner, 20000, 100);
    Xact setup = owner.begin();
    for (int i = 0; i < ACCOUNTS; i++) {
      byte[] row = payload(i, 1000);
      storage.run(() -> table.insert(setup, row));
    }
    owner.commit(setup);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS + 1);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Session session = storage.session(t + 1);
      Random random = new Random(seed * 100 + t);
      done.add(
          pool.submit(() -> {
            for (int i = 0; i < EACH; i++) {
              transfer(storage, table, session, random);
            }
            return true;
          }));
    }
    done.add(
        pool.submit(() -> {
          for (int i = 0; i < 300; i++) {
            assertEquals(ACCOUNTS * 1000L, sum(storage, table, owner));
          }
          return true;
        }));
    for (Future<?> future : done) {
      future.get(120, TimeUnit.SECONDS);
    }
    pool.shutdown();
    assertEquals(ACCOUNTS * 1000L, sum(storage, table, owner));
    assertEquals(List.of(), storage.problems(table));
    assertTrue(storage.shared.locks().list().isEmpty());
  }

  private static void transfer(
      StorageFixture storage, Table table, Session session, Random random) {
    Xact xact = session.begin();
    try {
      long amount = random.nextInt(100);
      add(storage, table, xact, random.nextInt(ACCOUNTS), -amount);
      xact.nextCommand();
      add(storage, table, xact, random.nextInt(ACCOUNTS), amount);
      if (random.nextInt(10) == 0) {
        session.abort(xact);
      } else {
        session.commit(xact);
      }
    } catch (PgException e) {
      assertEquals(SqlState.T_R_DEADLOCK_DETECTED, e.sqlState());
      session.abort(xact);
    }
  }

  private static long sum(StorageFixture storage, Table table, Session session) {
    Xact xact = session.begin();
    List<Account> all = accounts(storage, table, xact, xact.snapshot());
    session.commit(xact);
    assertEquals(ACCOUNTS, all.size());
    return all.stream().mapToLong(Account::balance).sum();
  }
}
