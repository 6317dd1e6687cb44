package dev.lifeline.executor;

import dev.lifeline.executor.node.Operator;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// EXPLAIN: shows a plan, after running it where ANALYZE wants it.
public final class ExplainExecution implements Execution {
  private final SessionContext session;
  private final Supplier<QueryPlan> plans;
  private final ExplainOptions options;
  private final Storage storage;
  private final @Nullable Batch params;
  private final long startNanos;
  private @Nullable QueryPlan plan;
  private @Nullable Instrumentation counters;
  private @Nullable ExecState state;
  private @Nullable Operator root;
  private long planningNanos;
  private boolean closed;

  public ExplainExecution(
      SessionContext session,
      Supplier<QueryPlan> plans,
      ExplainOptions options,
      Storage storage,
      @Nullable Batch params) {
    this.session = session;
    this.plans = plans;
    this.options = options;
    this.storage = storage;
    this.params = params;
    this.startNanos = session.clock().nanoTime();
  }

  @Override
  public Future<Boolean> run(DestReceiver destination, long maxRows) {
    if (closed) {
      return Future.succeededFuture(true);
    }
    return Retry.call(() -> explained(destination), until -> session.interruptible(until.map(true)))
        .compose(taken -> taken.map(true))
        .onFailure(failure -> close());
  }

  /// Runs the statement and shows its plan; called again after each wait.
  ///
  /// @return completes when the destination has taken what it was shown
  private Future<Void> explained(DestReceiver destination) {
    QueryPlan current = plan;
    if (current == null) {
      current = plans.get();
      plan = current;
      planningNanos = session.clock().nanoTime() - startNanos;
    }
    if (options.analyze()) {
      execute(current);
    }
    Future<Void> wait = show(current, destination);
    close();
    return wait == null ? Future.succeededFuture() : wait;
  }

  private void execute(QueryPlan current) {
    Operator operator = root;
    if (operator == null) {
      Instrumentation instrumentation = new Instrumentation();
      counters = instrumentation;
      CompiledPlan compiled =
          new PlanCompiler(
                  current.planned(),
                  storage,
                  session.catalog(),
                  session.evalContext(),
                  instrumentation)
              .compile();
      Batch values = params == null ? new Batch(new Column[0]) : params;
      state = compiled.newState(session, session.xact().snapshot(), values);
      operator = current.modifies() ? compiled.openModifying(state) : compiled.open(state);
      root = operator;
    }
    ExecState running = state;
    if (running != null) {
      running.beginTurn();
    }
    while (operator.next() != null) {
      // What it returns is thrown away; what it costs is counted on the way.
    }
  }

  private @Nullable Future<Void> show(QueryPlan current, DestReceiver destination) {
    ExplainNode node = new ExplainBuilder(current.planned(), session.evalContext()).build();
    Map<String, Double> summary = new LinkedHashMap<>();
    if (options.summary()) {
      summary.put("Planning Time", planningNanos / 1e6);
      if (options.analyze()) {
        double total = (session.clock().nanoTime() - startNanos - planningNanos) / 1e6;
        summary.put("Execution Time", total);
      }
    }
    List<String> lines;
    if (options.json()) {
      lines = List.of(new ExplainJson(options, counters).document(node, summary));
    } else {
      lines = new ExplainText(options, counters).lines(node);
      for (Map.Entry<String, Double> entry : summary.entrySet()) {
        lines.add(String.format(Locale.ROOT, "%s: %.3f ms", entry.getKey(), entry.getValue()));
      }
    }
    Batch batch = new Batch(List.of(Rep.OBJECT), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      batch.column(0).setObject(i, Text.of(named(lines.get(i))));
    }
    batch.setSize(lines.size());
    return destination.receive(batch, 0, lines.size());
  }

  private String named(String line) {
    return UserTypes.withNames(line, session.evalContext().catalog()::userTypeName);
  }

  @Override
  public String completionTag() {
    return "EXPLAIN";
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    QueryPlan current = plan;
    if (root != null) {
      root.close();
    }
    if (state != null) {
      session.xact().releaseSnapshot();
      if (current != null && (current.modifies() || current.locksRows())) {
        session.xact().nextCommand();
      }
    }
  }
}
