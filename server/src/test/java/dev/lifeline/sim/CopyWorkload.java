package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Batches of rows by COPY, from clients that send them in pieces, change their mind, send what
/// cannot be read, or are gone in the middle: a batch is there whole or not at all.
final class CopyWorkload implements Workload {
  private static final int ROWS_MAX = 120;
  private static final List<SimClient.CopyEnd> ENDS = List.of(SimClient.CopyEnd.values());

  private final SimRun run;
  private final Map<Integer, Integer> rowsOf = new HashMap<>();
  private final Map<Integer, Outcome> outcomes = new HashMap<>();
  private int batches;
  private int serial;

  CopyWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of("create table loaded (a int primary key, batch int, b text)");
  }

  @Override
  public List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    int count = 1 + run.random().nextInt(2);
    for (int i = 0; i < count; i++) {
      workers.add(new Loader("loader" + i));
    }
    return workers;
  }

  private final class Loader extends Worker {
    Loader(String name) {
      super(CopyWorkload.this.run, name);
    }

    @Override
    Future<Void> step(SimClient connection) {
      int batch = ++batches;
      boolean readable = random.nextInt(8) != 0;
      String data = data(batch);
      SimClient.CopyEnd end =
          random.nextInt(3) != 0 ? SimClient.CopyEnd.DONE : ENDS.get(random.nextInt(ENDS.size()));
      boolean whole = end == SimClient.CopyEnd.DONE && readable;
      outcomes.put(batch, Outcome.ABORTED);
      Future<Outcome> outcome =
          random.nextBoolean()
              ? alone(connection, readable ? data : data + "x\ty\tz\n", end, whole, batch)
              : within(connection, readable ? data : data + "x\ty\tz\n", end, whole, batch);
      return abortedIfLost(outcome)
          .map(known -> {
            if (known != Outcome.ABORTED || outcomes.get(batch) != Outcome.UNKNOWN) {
              outcomes.put(batch, known);
            }
            return null;
          });
    }

    private String data(int batch) {
      int rows = 1 + random.nextInt(ROWS_MAX);
      rowsOf.put(batch, rows);
      StringBuilder data = new StringBuilder();
      for (int i = 0; i < rows; i++) {
        String text = "t".repeat(random.nextInt(random.nextInt(10) == 0 ? 300 : 20));
        data.append(++serial).append('\t').append(batch).append('\t').append(text).append('\n');
      }
      return data.toString();
    }

    private Future<Answer> copy(
        SimClient connection, String data, SimClient.CopyEnd end, boolean whole) {
      return connection
          .copy("copy loaded from stdin", data, end)
          .map(answer -> {
            boolean unreadable = "22P02".equals(answer.sqlState()) && !whole;
            boolean cut = "22P04".equals(answer.sqlState()) && !whole;
            if (!unreadable && !cut) {
              plausible(answer);
            }
            check(
                whole || answer.failed() || end != SimClient.CopyEnd.DONE,
                "%s took what cannot be read: %s",
                name,
                answer);
            check(
                end != SimClient.CopyEnd.FAIL || answer.failed(),
                "%s changed its mind, and got %s",
                name,
                answer);
            return answer;
          });
    }

    /// The statement is its own transaction.
    private Future<Outcome> alone(
        SimClient connection, String data, SimClient.CopyEnd end, boolean whole, int batch) {
      if (whole) {
        outcomes.put(batch, Outcome.UNKNOWN);
      }
      return copy(connection, data, end, whole)
          .onFailure(lost -> doneByChance(connection, data, end, batch))
          .map(answer -> {
            Outcome known = answer.failed() ? Outcome.ABORTED : Outcome.COMMITTED;
            outcomes.put(batch, known);
            return known;
          });
    }

    /// What it said at last was that this is all: what it had sent until then is a batch of its
    /// own, and nobody told it whether that was committed.
    private void doneByChance(SimClient connection, String data, SimClient.CopyEnd end, int batch) {
      int copied = connection.copied();
      if (end == SimClient.CopyEnd.NONSENSE && copied >= 0) {
        List<String> rows = data.substring(0, copied).lines().toList();
        if (rows.stream().allMatch(row -> row.matches("\\d+\t\\d+\t[^\t]*"))) {
          rowsOf.put(batch, rows.size());
          outcomes.put(batch, Outcome.UNKNOWN);
        }
      }
    }

    private Future<Outcome> within(
        SimClient connection, String data, SimClient.CopyEnd end, boolean whole, int batch) {
      boolean commit = random.nextInt(4) != 0;
      return connection
          .either("begin")
          .map(this::plausible)
          .compose(begun -> copy(connection, data, end, whole))
          .compose(copied -> {
            if (!copied.failed() && commit) {
              outcomes.put(batch, Outcome.UNKNOWN);
            }
            return end(connection, copied, commit, true);
          });
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    return client
        .query("select batch, count(*), count(distinct a) from loaded group by batch")
        .map(answer -> {
          Worker.check(!answer.failed(), "%s", answer);
          Map<Integer, Integer> there = new HashMap<>();
          for (List<String> row : answer.rows()) {
            int batch = Integer.parseInt(row.get(0));
            there.put(batch, Integer.parseInt(row.get(1)));
            Worker.check(row.get(1).equals(row.get(2)), "a row is there twice: %s", row);
          }
          outcomes.replaceAll((batch, outcome) -> known(batch, outcome, there.get(batch)));
          return null;
        });
  }

  private Outcome known(int batch, Outcome outcome, @Nullable Integer rows) {
    if (rows == null) {
      Worker.check(outcome != Outcome.COMMITTED, "batch %d was acknowledged and is lost", batch);
      return Outcome.ABORTED;
    }
    Worker.check(outcome != Outcome.ABORTED, "batch %d is there, and was not committed", batch);
    Worker.check(
        rows.equals(rowsOf.get(batch)),
        "batch %d has %d rows of %d",
        batch,
        rows,
        rowsOf.get(batch));
    return Outcome.COMMITTED;
  }
}
