package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Transfers between accounts under [KillTest]: each in one transaction with a row of a ledger,
/// with savepoints that are rolled back and transactions that are. So the sum stays, each balance
/// is what the ledger says, and every acknowledged transfer is in the ledger.
final class KillTransfers {
  private static final int ACCOUNTS = 20;
  private static final int INITIAL = 1000;

  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Integer> rolledBack = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();

  static List<String> schema() {
    return List.of(
        "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)",
        "INSERT INTO accounts SELECT g, %d FROM generate_series(0, %d) g"
            .formatted(INITIAL, ACCOUNTS - 1),
        "CREATE TABLE ledger (n int PRIMARY KEY, src int, dst int, amount int)");
  }

  /// How many were acknowledged so far.
  int acknowledged() {
    return acknowledged.size();
  }

  /// Moves money until the server is gone.
  SQLException run(LifelineProcess server, long seed) {
    Random random = new Random(seed);
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (true) {
        transfer(connection, statement, random);
      }
    } catch (SQLException e) {
      return e;
    }
  }

  private void transfer(Connection connection, Statement statement, Random random)
      throws SQLException {
    int n = next.incrementAndGet();
    int src = random.nextInt(ACCOUNTS);
    int dst = (src + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    int amount = 1 + random.nextInt(20);
    // In the order of their ids: no two of them wait for each other in a circle.
    add(statement, Math.min(src, dst), src < dst ? -amount : amount);
    if (random.nextInt(4) == 0) {
      statement.execute("SAVEPOINT s");
      add(statement, Math.max(src, dst), 1_000_000);
      statement.execute("ROLLBACK TO s");
    }
    add(statement, Math.max(src, dst), src < dst ? amount : -amount);
    statement.execute("INSERT INTO ledger VALUES (%d, %d, %d, %d)".formatted(n, src, dst, amount));
    if (random.nextInt(8) == 0) {
      rolledBack.add(n);
      connection.rollback();
    } else {
      connection.commit();
      acknowledged.add(n);
    }
  }

  private static void add(Statement statement, int account, int amount) throws SQLException {
    statement.execute(
        "UPDATE accounts SET balance = balance + %d WHERE id = %d".formatted(amount, account));
  }

  /// What the server has after its start.
  void check(Statement statement, String when) throws SQLException {
    Map<Integer, Integer> expected = new HashMap<>();
    for (int account = 0; account < ACCOUNTS; account++) {
      expected.put(account, INITIAL);
    }
    Set<Integer> there = new HashSet<>();
    try (ResultSet row = statement.executeQuery("SELECT n, src, dst, amount FROM ledger")) {
      while (row.next()) {
        assertTrue(there.add(row.getInt(1)), when + ": transfer " + row.getInt(1) + " twice");
        expected.merge(row.getInt(2), -row.getInt(4), Integer::sum);
        expected.merge(row.getInt(3), row.getInt(4), Integer::sum);
      }
    }
    Set<Integer> lost = new HashSet<>(acknowledged);
    lost.removeAll(there);
    assertEquals(Set.of(), lost, when + ": acknowledged transfers that are lost");
    Set<Integer> undead = new HashSet<>(rolledBack);
    undead.retainAll(there);
    assertEquals(Set.of(), undead, when + ": transfers that were rolled back");
    Map<Integer, Integer> balances = new HashMap<>();
    try (ResultSet row = statement.executeQuery("SELECT id, balance FROM accounts")) {
      while (row.next()) {
        balances.put(row.getInt(1), row.getInt(2));
      }
    }
    assertEquals(expected, balances, when);
    acknowledged.addAll(there); // what is there now must stay
  }
}
