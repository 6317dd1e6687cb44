package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// DDL beside DML: tables that come, change and go in transactions that commit, roll back or die;
/// and a table that several write to while its indexes come and go.
final class DdlWorkload implements Workload {
  private final SimRun run;
  private final List<Definer> definers = new ArrayList<>();
  private final Map<Integer, Outcome> shared = new TreeMap<>();
  private int sharedRows;

  DdlWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of("create table shared (a int primary key, b int)");
  }

  @Override
  public List<Worker> workers() {
    int count = 1 + run.random().nextInt(2);
    for (int i = 0; i < count; i++) {
      definers.add(new Definer("d" + i));
    }
    List<Worker> workers = new ArrayList<>(definers);
    workers.add(new Writer("writer0"));
    workers.add(new Writer("writer1"));
    workers.add(new Indexer());
    return workers;
  }

  /// What a table is; null where there is none.
  private record Content(Map<Integer, String> rows, boolean third) {
    List<List<String>> select() {
      List<List<String>> all = new ArrayList<>();
      rows.forEach((a, b) -> all.add(third ? List.of("" + a, b, "7") : List.of("" + a, b)));
      return all;
    }

    Content with(Map<Integer, String> others) {
      return new Content(others, third);
    }
  }

  /// Makes, changes and drops a table of its own.
  private final class Definer extends Worker {
    private @Nullable Content before;
    private @Nullable Content after;
    private boolean unknown;
    private int rowsMade;

    Definer(String name) {
      super(DdlWorkload.this.run, name);
    }

    @Override
    Future<Void> step(SimClient connection) {
      if (unknown) {
        return resolve(connection);
      }
      boolean commit = random.nextInt(3) != 0;
      after = before;
      List<String> statements = new ArrayList<>(List.of("begin"));
      int operations = 1 + random.nextInt(4);
      for (int i = 0; i < operations; i++) {
        if (random.nextInt(4) == 0) {
          Content kept = after;
          statements.add("savepoint s");
          operation(statements);
          statements.add("rollback to s");
          after = kept;
        } else {
          operation(statements);
        }
      }
      return abortedIfLost(
              all(connection, statements)
                  .compose(last -> {
                    unknown = !last.failed() && commit;
                    return end(connection, last, commit, true);
                  }))
          .map(outcome -> {
            unknown = outcome == Outcome.UNKNOWN;
            if (outcome == Outcome.COMMITTED) {
              before = after;
            }
            return null;
          });
    }

    private void operation(List<String> statements) {
      Content now = after;
      if (now == null) {
        statements.add("create table " + name + " (a int primary key, b text)");
        after = new Content(new TreeMap<>(), false);
        return;
      }
      Map<Integer, String> rows = new TreeMap<>(now.rows());
      switch (random.nextInt(10)) {
        case 0 -> {
          statements.add("drop table " + name);
          after = null;
        }
        case 1 -> {
          statements.add("truncate " + name);
          after = now.with(Map.of());
        }
        case 2 -> statements.add("create index on " + name + " (b)");
        case 3 -> {
          if (!now.third()) {
            statements.add("alter table " + name + " add column c int default 7");
            after = new Content(rows, true);
          }
        }
        case 4 -> {
          statements.add("delete from " + name + " where a % 3 = 0");
          rows.keySet().removeIf(a -> a % 3 == 0);
          after = now.with(rows);
        }
        case 5 -> {
          statements.add("update " + name + " set b = b || 'u' where a % 2 = 0");
          rows.replaceAll((a, b) -> a % 2 == 0 ? b + "u" : b);
          after = now.with(rows);
        }
        case 6 -> statements.add("cluster " + name + " using " + name + "_pkey");
        default -> {
          String text = "r".repeat(random.nextInt(4) == 0 ? 1000 : 10);
          StringBuilder values = new StringBuilder();
          int count = 1 + random.nextInt(20);
          for (int i = 0; i < count; i++) {
            int a = ++rowsMade;
            values.append(i == 0 ? "" : ", ").append("(%d, '%s')".formatted(a, text + a));
            rows.put(a, text + a);
          }
          statements.add("insert into " + name + " (a, b) values " + values);
          after = now.with(rows);
        }
      }
    }

    /// Finds out what became of a commit that was not acknowledged.
    Future<Void> resolve(SimClient connection) {
      return connection
          .query("select * from " + name + " order by a")
          .map(this::plausible)
          .map(answer -> {
            if (answer.failed() && !"42P01".equals(answer.sqlState())) {
              return null;
            }
            List<List<String>> rows = answer.failed() ? null : castRows(answer);
            int columns = answer.columns();
            if (same(after, rows, columns) && unknown) {
              before = after;
            }
            check(
                same(before, rows, columns),
                "%s is %s, and should be %s or %s",
                name,
                rows,
                before,
                after);
            unknown = false;
            return null;
          });
    }

    private static List<List<String>> castRows(Answer answer) {
      List<List<String>> rows = new ArrayList<>();
      answer.rows().forEach(row -> rows.add(List.copyOf(row)));
      return rows;
    }

    private static boolean same(
        @Nullable Content content, @Nullable List<List<String>> rows, int columns) {
      return content == null
          ? rows == null
          : content.select().equals(rows) && columns == (content.third() ? 3 : 2);
    }
  }

  /// Writes into the shared table.
  private final class Writer extends Worker {
    Writer(String name) {
      super(DdlWorkload.this.run, name);
    }

    @Override
    Future<Void> step(SimClient connection) {
      boolean commit = random.nextInt(5) != 0;
      int a = ++sharedRows;
      shared.put(a, Outcome.ABORTED);
      List<String> statements = new ArrayList<>(List.of("begin"));
      statements.add("insert into shared values (%d, %d)".formatted(a, random.nextInt(50)));
      if (random.nextBoolean()) {
        statements.add(
            "update shared set b = %d where a = %d"
                .formatted(random.nextInt(50), 1 + random.nextInt(a)));
      }
      return abortedIfLost(
              all(connection, statements)
                  .compose(last -> {
                    if (!last.failed() && commit) {
                      shared.put(a, Outcome.UNKNOWN);
                    }
                    return end(connection, last, commit, true);
                  }))
          .map(outcome -> {
            shared.put(a, outcome);
            return null;
          });
    }
  }

  /// Gives the shared table indexes and takes them away.
  private final class Indexer extends Worker {
    Indexer() {
      super(DdlWorkload.this.run, "indexer");
    }

    @Override
    Future<Void> step(SimClient connection) {
      String ddl =
          switch (random.nextInt(5)) {
            case 0, 1 -> "create index if not exists shared_b on shared (b)";
            case 2, 3 -> "drop index if exists shared_b";
            default -> "cluster shared using shared_pkey";
          };
      if (random.nextInt(3) != 0) {
        return connection.either(ddl).map(this::plausible).mapEmpty();
      }
      return all(connection, List.of("begin", ddl, "select count(*) from shared"))
          .compose(last -> end(connection, last, random.nextBoolean(), true))
          .mapEmpty();
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    Future<Void> all = Future.succeededFuture();
    for (Definer definer : definers) {
      all = all.compose(done -> definer.resolve(client));
    }
    return all.compose(done -> client.query("select a from shared"))
        .map(answer -> {
          Worker.check(!answer.failed(), "%s", answer);
          Map<Integer, Outcome> seen = new TreeMap<>();
          for (List<@Nullable String> row : answer.rows()) {
            int a = Integer.parseInt(String.valueOf(row.getFirst()));
            Worker.check(seen.put(a, Outcome.COMMITTED) == null, "row %d is there twice", a);
            Worker.check(shared.get(a) != Outcome.ABORTED, "row %d is there and was aborted", a);
          }
          shared.replaceAll((a, outcome) -> {
            boolean there = seen.containsKey(a);
            Worker.check(there || outcome != Outcome.COMMITTED, "row %d of shared is lost", a);
            return there ? Outcome.COMMITTED : Outcome.ABORTED;
          });
          return null;
        });
  }
}
