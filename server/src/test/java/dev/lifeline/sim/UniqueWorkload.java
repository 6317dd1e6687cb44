package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Races for unique keys: inserts, deletes that tell what they deleted, key changes. Each row has a
/// serial number, so it is known which row must be there.
final class UniqueWorkload implements Workload {
  private static final int KEYS = 6;

  private final SimRun run;

  /// By serial: whether its insert, and whether a delete of it, has happened.
  private final Map<Integer, Outcome> inserted = new HashMap<>();

  private final Map<Integer, Outcome> deleted = new HashMap<>();
  private int serial;

  /// The sum of what was acknowledged, and what those whose end nobody knows may have changed.
  private int hits;

  private int hitsLess;
  private int hitsMore;

  UniqueWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of(
        "create table slots (k int primary key, tag text unique, serial int)",
        "create index slots_serial on slots (serial)",
        "create table hits (k int primary key, n int not null)");
  }

  @Override
  public List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    int count = 2 + run.random().nextInt(2);
    for (int i = 0; i < count; i++) {
      workers.add(new Racer("racer" + i));
    }
    workers.add(new Counter("counter0"));
    workers.add(new Counter("counter1"));
    return workers;
  }

  private final class Racer extends Worker {
    Racer(String name) {
      super(UniqueWorkload.this.run, name);
    }

    /// What one transaction did so far.
    private final class Changes {
      final List<Integer> inserts = new ArrayList<>();
      final List<Integer> deletes = new ArrayList<>();

      void settle(Outcome outcome) {
        inserts.forEach(n -> inserted.put(n, outcome));
        deletes.forEach(n -> {
          if (outcome != Outcome.ABORTED) {
            deleted.put(n, outcome);
          }
        });
      }
    }

    @Override
    Future<Void> step(SimClient connection) {
      Changes changes = new Changes();
      boolean commit = random.nextInt(6) != 0;
      Future<Answer> work = connection.either("begin").map(this::plausible);
      int operations = 1 + random.nextInt(3);
      for (int i = 0; i < operations; i++) {
        work =
            work.compose(answer ->
                answer.failed() ? Future.succeededFuture(answer) : one(connection, changes));
      }
      return abortedIfLost(
              work.compose(last -> {
                if (!last.failed() && commit) {
                  changes.settle(Outcome.UNKNOWN);
                }
                return end(connection, last, commit, true);
              }))
          .map(outcome -> {
            changes.settle(outcome);
            return null;
          });
    }

    private Future<Answer> one(SimClient connection, Changes changes) {
      int key = random.nextInt(KEYS);
      String tag = "'t" + random.nextInt(KEYS) + "'";
      return switch (random.nextInt(5)) {
        case 0, 1 -> insert(connection, changes, key, tag);
        case 2 -> delete(connection, changes, key);
        case 3 ->
            guarded(
                connection, "update slots set tag = %s where k = %d".formatted(tag, key), () -> {});
        default ->
            guarded(
                connection, "update slots set k = %d where tag = %s".formatted(key, tag), () -> {});
      };
    }

    private Future<Answer> insert(SimClient connection, Changes changes, int key, String tag) {
      int n = ++serial;
      inserted.put(n, Outcome.ABORTED);
      String insert = "insert into slots values (%d, %s, %d)".formatted(key, tag, n);
      if (random.nextInt(3) == 0) {
        return connection
            .either(insert + " on conflict do nothing")
            .map(this::plausible)
            .map(answer -> {
              check(!"23505".equals(answer.sqlState()), "a conflict was not seen: %s", answer);
              if (answer.tag().equals("INSERT 0 1")) {
                changes.inserts.add(n);
              }
              return answer;
            });
      }
      return guarded(connection, insert, () -> changes.inserts.add(n));
    }

    private Future<Answer> delete(SimClient connection, Changes changes, int key) {
      return connection
          .either("delete from slots where k = " + key + " returning serial")
          .map(this::plausible)
          .map(answer -> {
            answer.rows().forEach(row -> changes.deletes.add(Integer.parseInt(row.getFirst())));
            return answer;
          });
    }

    /// A statement that may hit a unique key, without the end of the transaction.
    private Future<Answer> guarded(SimClient connection, String statement, Runnable done) {
      if (random.nextBoolean()) {
        return connection
            .either(statement)
            .map(this::plausible)
            .onSuccess(answer -> {
              if (!answer.failed()) {
                done.run();
              }
            });
      }
      return connection
          .either("savepoint s")
          .map(this::plausible)
          .compose(begun ->
              begun.failed() ? Future.succeededFuture(begun) : within(connection, statement, done));
    }

    private Future<Answer> within(SimClient connection, String statement, Runnable done) {
      return connection
          .either(statement)
          .map(this::plausible)
          .compose(answer -> {
            if (!answer.failed()) {
              done.run();
            }
            return connection
                .either(answer.failed() ? "rollback to s" : "release s")
                .map(this::plausible);
          });
    }
  }

  /// Counts by key: the first one inserts, the others add.
  private final class Counter extends Worker {
    Counter(String name) {
      super(UniqueWorkload.this.run, name);
    }

    @Override
    Future<Void> step(SimClient connection) {
      boolean commit = random.nextInt(4) != 0;
      int k = random.nextInt(KEYS);
      boolean delete = random.nextInt(6) == 0;
      String statement =
          delete
              ? "delete from hits where k = %d returning n".formatted(k)
              : "insert into hits values (%d, 1) on conflict (k) do update set n = hits.n + 1 returning n"
                  .formatted(k);
      int[] change = {0};
      return abortedIfLost(
              all(connection, List.of("begin", statement))
                  .compose(last -> {
                    check(
                        delete || !"23505".equals(last.sqlState()),
                        "a conflict was not seen: %s",
                        last);
                    if (!last.failed() && commit) {
                      change[0] = delete ? -total(last) : 1;
                      doubt(change[0], 1);
                    }
                    return end(connection, last, commit, true);
                  }))
          .map(outcome -> {
            if (outcome != Outcome.UNKNOWN) {
              doubt(change[0], -1);
            }
            if (outcome == Outcome.COMMITTED) {
              hits += change[0];
            }
            return null;
          });
    }
  }

  private static int total(Answer answer) {
    return answer.rows().stream().mapToInt(row -> Integer.parseInt(row.getFirst())).sum();
  }

  /// A commit whose answer nobody has seen may have made the sum greater or smaller.
  ///
  /// @param times 1 when it is asked for, -1 when its outcome is known
  private void doubt(int change, int times) {
    if (change > 0) {
      hitsMore += change * times;
    } else {
      hitsLess += change * times;
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    return client
        .query("select k, tag, serial from slots")
        .compose(answer -> {
          Worker.check(!answer.failed(), "%s", answer);
          compare(answer);
          return client.query("select n from hits");
        })
        .map(answer -> {
          Worker.check(!answer.failed(), "%s", answer);
          int sum = total(answer);
          Worker.check(
              hits + hitsLess <= sum && sum <= hits + hitsMore,
              "%d hits were counted, there should be %d (%d to %d)",
              sum,
              hits,
              hits + hitsLess,
              hits + hitsMore);
          hits = sum;
          hitsLess = 0;
          hitsMore = 0;
          return null;
        });
  }

  private void compare(Answer answer) {
    Map<String, List<String>> unique = new HashMap<>();
    Map<Integer, Boolean> there = new HashMap<>();
    for (List<String> row : answer.rows()) {
      Worker.check(unique.put("k" + row.get(0), row) == null, "key %s is there twice", row.get(0));
      Worker.check(unique.put("t" + row.get(1), row) == null, "tag %s is there twice", row.get(1));
      int n = Integer.parseInt(row.get(2));
      Worker.check(there.put(n, true) == null, "row %s is there twice", row);
      Worker.check(
          inserted.getOrDefault(n, Outcome.ABORTED) != Outcome.ABORTED,
          "row %s is there, and its insert was aborted",
          row);
      Worker.check(deleted.get(n) != Outcome.COMMITTED, "row %s is there, and it was deleted", row);
    }
    inserted.replaceAll((n, outcome) -> {
      boolean present = there.containsKey(n);
      Worker.check(
          present || outcome != Outcome.COMMITTED || deleted.containsKey(n),
          "row %d was acknowledged and is lost",
          n);
      return present || (deleted.containsKey(n) && outcome != Outcome.ABORTED)
          ? Outcome.COMMITTED
          : Outcome.ABORTED;
    });
    deleted.replaceAll((n, outcome) -> there.containsKey(n) ? Outcome.ABORTED : Outcome.COMMITTED);
    deleted.values().removeIf(outcome -> outcome == Outcome.ABORTED);
  }
}
