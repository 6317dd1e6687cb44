package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Transactions that append to lists and read them; [AppendHistory] is the judge.
final class AppendWorkload implements Workload {
  private static final int KEYS = 5;

  private final SimRun run;
  private final AppendHistory history = new AppendHistory();
  private int elements;
  private int transactions;

  AppendWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of(
        "create table lists (k int primary key, v text)",
        "insert into lists select g, '' from generate_series(0, %d) g".formatted(KEYS - 1));
  }

  @Override
  public List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    int count = 2 + run.random().nextInt(3);
    for (int i = 0; i < count; i++) {
      workers.add(new Appender("append" + i));
    }
    return workers;
  }

  static List<Integer> parse(@Nullable String list) {
    return list == null || list.isEmpty()
        ? List.of()
        : Arrays.stream(list.split("\\.")).map(Integer::valueOf).toList();
  }

  private final class Appender extends Worker {
    Appender(String name) {
      super(AppendWorkload.this.run, name);
    }

    private long now() {
      return run.server().scheduler().nanoTime();
    }

    @Override
    Future<Void> step(SimClient connection) {
      boolean repeatable = random.nextBoolean();
      boolean commit = random.nextInt(8) != 0;
      AppendHistory.Txn txn = history.begin("T" + ++transactions, repeatable);
      Future<Answer> work =
          connection
              .either(repeatable ? "begin isolation level repeatable read" : "begin")
              .map(this::plausible);
      int operations = 1 + random.nextInt(4);
      for (int i = 0; i < operations; i++) {
        work =
            work.compose(answer ->
                answer.failed() ? Future.succeededFuture(answer) : operation(connection, txn));
      }
      return abortedIfLost(
              work.compose(last -> {
                if (!last.failed() && commit) {
                  txn.outcome = Outcome.UNKNOWN;
                }
                return end(connection, last, commit, true);
              }))
          .map(outcome -> {
            txn.outcome = outcome;
            if (outcome == Outcome.COMMITTED) {
              txn.acknowledgedNanos = now();
            }
            return null;
          });
    }

    private Future<Answer> operation(SimClient connection, AppendHistory.Txn txn) {
      if (txn.snapshotNanos == 0) {
        txn.snapshotNanos = now();
      }
      int key = random.nextInt(KEYS);
      return switch (random.nextInt(6)) {
        case 0, 1 -> read(connection, txn, key, random.nextInt(4) == 0);
        case 2 -> readThenWrite(connection, txn, key);
        case 3 ->
            undone(connection, key)
                .compose(
                    a -> a.failed() ? Future.succeededFuture(a) : append(connection, txn, key));
        default -> append(connection, txn, key);
      };
    }

    private Future<Answer> read(
        SimClient connection, AppendHistory.Txn txn, int key, boolean forUpdate) {
      long invoked = now();
      return connection
          .either("select v from lists where k = " + key + (forUpdate ? " for update" : ""))
          .map(this::plausible)
          .map(answer -> {
            if (!answer.failed()) {
              check(answer.rows().size() == 1, "list %d has %d rows", key, answer.rows().size());
              history.read(txn, key, parse(answer.value()), invoked);
            }
            return answer;
          });
    }

    private Future<Answer> append(SimClient connection, AppendHistory.Txn txn, int key) {
      int element = ++elements;
      return connection
          .either("update lists set v = v || '%d.' where k = %d".formatted(element, key))
          .map(this::plausible)
          .map(answer -> written(answer, txn, key, element));
    }

    private Answer written(Answer answer, AppendHistory.Txn txn, int key, int element) {
      if (!answer.failed()) {
        check(answer.tag().equals("UPDATE 1"), "list %d: %s", key, answer);
        history.appended(txn, key, element);
      }
      return answer;
    }

    /// Appends in the client: what REPEATABLE READ, or a row lock, must protect.
    private Future<Answer> readThenWrite(SimClient connection, AppendHistory.Txn txn, int key) {
      return read(connection, txn, key, !txn.repeatable || random.nextBoolean())
          .compose(answer -> {
            if (answer.failed()) {
              return Future.succeededFuture(answer);
            }
            int element = ++elements;
            String list = answer.value() + element + ".";
            return connection
                .either("update lists set v = '%s' where k = %d".formatted(list, key))
                .map(this::plausible)
                .map(written -> written(written, txn, key, element));
          });
    }

    private Future<Answer> undone(SimClient connection, int key) {
      return all(
          connection,
          List.of(
              "savepoint s",
              "update lists set v = v || '%d.' where k = %d".formatted(++elements, key),
              "rollback to s"));
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    return client
        .query("select k, v from lists")
        .map(answer -> {
          Worker.check(!answer.failed() && answer.rows().size() == KEYS, "%s", answer);
          Map<Integer, List<Integer>> lists = new HashMap<>();
          answer.rows().forEach(row -> lists.put(Integer.parseInt(row.get(0)), parse(row.get(1))));
          history.verify(lists);
          return null;
        });
  }
}
