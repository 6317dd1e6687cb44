package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.List;

/// VACUUM in all its forms, CLUSTER, ANALYZE and CHECKPOINT beside everything.
final class MaintenanceWorkload implements Workload {
  private final SimRun run;

  MaintenanceWorkload(SimRun run) {
    this.run = run;
  }

  @Override
  public List<String> schema() {
    return List.of();
  }

  @Override
  public List<Worker> workers() {
    return List.of(new Keeper());
  }

  private final class Keeper extends Worker {
    Keeper() {
      super(MaintenanceWorkload.this.run, "keeper");
    }

    @Override
    Future<Void> step(SimClient connection) {
      List<String> tables = run.tables();
      String table = tables.get(random.nextInt(tables.size()));
      String command =
          switch (random.nextInt(12)) {
            case 0, 1, 2 -> "vacuum " + table;
            case 3 -> "vacuum";
            case 4 -> "vacuum (analyze, freeze) " + table;
            case 5 -> "analyze " + table;
            case 6 -> "vacuum full " + table;
            case 7 -> "vacuum (freeze) " + table;
            case 8 -> random.nextInt(4) == 0 ? "vacuum full" : "cluster";
            default -> "checkpoint";
          };
      return connection.query(command).map(this::plausible).mapEmpty();
    }
  }

  @Override
  public Future<Void> verify(SimClient client) {
    return Future.succeededFuture();
  }
}
