package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Money moves between accounts; a ledger row in the same transaction tells of it. So the sum
/// stays, every acknowledged transfer is in the ledger, and each balance is what the ledger says.
final class TransferWorkload implements Workload {
  private static final int ACCOUNTS = 8;
  private static final int INITIAL = 1000;

  private final SimRun run;
  private final Map<Integer, Outcome> outcomes = new HashMap<>();

  /// Transfers whose commit did not wait for the disk, by the life that they were made in: while it
  /// lasts they may be seen and still be lost.
  private final Map<Integer, Integer> asynchronous = new HashMap<>();

  private int transfers;

  TransferWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of(
        "create table accounts (id int primary key, balance int not null, filler text)",
        "insert into accounts select g, %d, 'x' from generate_series(0, %d) g"
            .formatted(INITIAL, ACCOUNTS - 1),
        "create table ledger (n int primary key, src int, dst int, amount int)",
        "create index ledger_src on ledger (src, n desc)");
  }

  @Override
  public List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    int writers = 2 + run.random().nextInt(3);
    for (int i = 0; i < writers; i++) {
      workers.add(new Mover("transfer" + i));
    }
    workers.add(new Auditor());
    return workers;
  }

  /// Moves money.
  private final class Mover extends Worker {
    Mover(String name) {
      super(TransferWorkload.this.run, name);
    }

    @Override
    Future<Void> step(SimClient connection) {
      int n = ++transfers;
      boolean commit = random.nextInt(8) != 0;
      boolean durable = random.nextInt(8) != 0;
      List<String> statements = statements(n, durable);
      outcomes.put(n, Outcome.ABORTED);
      if (!durable) {
        asynchronous.put(n, run.server().life());
      }
      if (commit && random.nextInt(4) == 0) {
        return atOnce(connection, n, durable, statements);
      }
      return abortedIfLost(
              all(connection, statements)
                  .compose(last -> {
                    // From here on nobody can say that it is not committed.
                    if (!last.failed() && commit) {
                      outcomes.put(n, Outcome.UNKNOWN);
                    }
                    return end(connection, last, commit, durable);
                  }))
          .map(outcome -> {
            outcomes.put(n, outcome);
            return null;
          });
    }

    /// The whole transaction in one message.
    private Future<Void> atOnce(
        SimClient connection, int n, boolean durable, List<String> statements) {
      outcomes.put(n, Outcome.UNKNOWN);
      return connection
          .query(String.join("; ", statements) + "; commit")
          .map(this::plausible)
          .compose(answer -> {
            if (answer.failed()) {
              outcomes.put(n, Outcome.ABORTED);
              return connection.query("rollback").mapEmpty();
            }
            outcomes.put(n, durable ? Outcome.COMMITTED : Outcome.UNKNOWN);
            return Future.succeededFuture();
          });
    }

    private List<String> statements(int n, boolean durable) {
      int src = random.nextInt(ACCOUNTS);
      int dst = (src + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      int amount = 1 + random.nextInt(20);
      List<String> list = new ArrayList<>();
      list.add(
          random.nextInt(3) == 0 ? "begin transaction isolation level repeatable read" : "begin");
      if (!durable) {
        list.add("set local synchronous_commit = off");
      }
      if (random.nextInt(3) == 0) {
        list.add("select balance from accounts where id = " + src + " for update");
      }
      if (random.nextInt(3) == 0) {
        rolledBack(list, src);
      }
      list.add("update accounts set balance = balance - %d where id = %d".formatted(amount, src));
      boolean kept = random.nextInt(3) == 0;
      if (kept) {
        list.add("savepoint kept");
      }
      list.add(
          "update accounts set balance = balance + %d, filler = '%s' where id = %d"
              .formatted(amount, filler(), dst));
      if (kept) {
        list.add("release kept");
      }
      if (random.nextInt(4) == 0) {
        rolledBack(list, dst);
      }
      list.add("insert into ledger values (%d, %d, %d, %d)".formatted(n, src, dst, amount));
      return list;
    }

    /// Now and then too long for a page, and not to be compressed.
    private String filler() {
      if (random.nextInt(12) != 0) {
        return "y".repeat(random.nextInt(300));
      }
      StringBuilder hex = new StringBuilder();
      for (int i = random.nextInt(900); i >= 0; i--) {
        hex.append(Integer.toHexString(random.nextInt()));
      }
      return hex.toString();
    }

    /// Something that must never be seen by others.
    private void rolledBack(List<String> list, int account) {
      list.add("savepoint a");
      list.add("update accounts set balance = balance + 100000 where id = " + account);
      if (random.nextBoolean()) {
        list.add("savepoint b");
        list.add(
            "insert into ledger values (%d, 0, 0, 0)".formatted(-1 - random.nextInt(1_000_000)));
        list.add(random.nextBoolean() ? "release b" : "rollback to b");
      }
      list.add("rollback to a");
    }
  }

  /// Looks whether the sum is right at any time.
  private final class Auditor extends Worker {
    Auditor() {
      super(TransferWorkload.this.run, "auditor");
    }

    @Override
    Future<Void> step(SimClient connection) {
      String sum =
          random.nextBoolean()
              ? "select sum(balance), count(*) from accounts"
              : "select sum(balance), count(*) from accounts where id >= 0";
      boolean twice = random.nextBoolean();
      Future<Answer> read =
          twice
              ? all(connection, List.of("begin isolation level repeatable read", sum))
                  .compose(first ->
                      first.failed() ? Future.succeededFuture(first) : again(connection, sum))
              : connection.either(sum).map(this::plausible);
      return read.map(answer -> {
        if (!answer.failed() && !answer.rows().isEmpty()) {
          List<String> expected = List.of("" + INITIAL * ACCOUNTS, "" + ACCOUNTS);
          check(
              answer.rows().equals(List.of(expected)),
              "the sum is %s, not %s",
              answer.rows(),
              expected);
        }
        return null;
      });
    }

    private Future<Answer> again(SimClient connection, String sum) {
      return connection
          .either("select 1 from pg_class limit 1")
          .compose(ignored -> connection.either(sum))
          .map(this::plausible)
          .compose(
              answer -> connection.either(answer.failed() ? "rollback" : "commit").map(answer));
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    return client
        .query("select n, src, dst, amount from ledger")
        .compose(ledger ->
            client
                .query("select id, balance from accounts")
                .map(accounts -> {
                  compare(ledger, accounts);
                  return null;
                }));
  }

  private void compare(Answer ledger, Answer accounts) {
    Worker.check(!ledger.failed() && !accounts.failed(), "%s %s", ledger, accounts);
    int[] expected = new int[ACCOUNTS];
    java.util.Arrays.fill(expected, INITIAL);
    Map<Integer, Outcome> seen = new HashMap<>();
    for (List<String> row : ledger.rows()) {
      int n = Integer.parseInt(row.get(0));
      Outcome outcome = outcomes.get(n);
      Worker.check(outcome != null, "the ledger has %s, which was rolled back to a savepoint", row);
      Worker.check(outcome != Outcome.ABORTED, "transfer %d is there and was aborted", n);
      Worker.check(seen.put(n, Outcome.COMMITTED) == null, "transfer %d is there twice", n);
      expected[Integer.parseInt(row.get(1))] -= Integer.parseInt(row.get(3));
      expected[Integer.parseInt(row.get(2))] += Integer.parseInt(row.get(3));
    }
    outcomes.replaceAll((n, outcome) -> {
      boolean there = seen.containsKey(n);
      Worker.check(
          there || outcome != Outcome.COMMITTED, "transfer %d was acknowledged and is lost", n);
      if (!there) {
        return Outcome.ABORTED;
      }
      Integer life = asynchronous.get(n);
      boolean unsafe = life != null && life == run.server().life();
      return unsafe && outcome != Outcome.COMMITTED ? Outcome.UNKNOWN : Outcome.COMMITTED;
    });
    Worker.check(accounts.rows().size() == ACCOUNTS, "accounts: %s", accounts.rows());
    for (List<String> row : accounts.rows()) {
      int id = Integer.parseInt(row.get(0));
      Worker.check(
          Integer.parseInt(row.get(1)) == expected[id],
          "account %d has %s, and by the ledger %d",
          id,
          row.get(1),
          expected[id]);
    }
  }
}
