package dev.lifeline.executor;

import dev.lifeline.executor.node.DetoastOperator;
import dev.lifeline.executor.node.FilterOperator;
import dev.lifeline.executor.node.Measured;
import dev.lifeline.executor.node.ModifyingOperator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.batch.Batch;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// What EXPLAIN ANALYZE counts for each node of a plan.
final class Instrumentation {
  /// The counters of a node. Times include those of the nodes below.
  static final class Counters {
    long rows;
    long loops;
    long nanos;
    long firstRowNanos;

    /// When it was first asked for rows and when it last answered, by the session's clock.
    long beganNanos;

    long answeredNanos;
    boolean started;
    boolean sawRow;
    @Nullable Operator operator;
    @Nullable Measured measured;

    /// How many rows a condition took away, on average over the loops.
    ///
    /// @param recheck the one that looks again at what an index has selected
    long removed(boolean recheck) {
      Operator at = operator;
      while (at instanceof FilterOperator || at instanceof DetoastOperator) {
        if (at instanceof FilterOperator filter) {
          if (filter.isRecheck() == recheck) {
            return filter.removed() / Math.max(1, loops);
          }
          at = filter.input();
        } else {
          at = ((DetoastOperator) at).input();
        }
      }
      return 0;
    }
  }

  private final IdentityHashMap<Plan, Counters> counters = new IdentityHashMap<>();

  /// Null for a node that was never opened.
  @Nullable Counters of(Plan plan) {
    return counters.get(plan);
  }

  Operator wrap(Plan plan, Operator operator, ExecState state) {
    Counters own = counters.computeIfAbsent(plan, p -> new Counters());
    own.operator = operator;
    own.measured = measured(operator);
    return operator instanceof ModifyingOperator modifying
        ? new CountingModifying(modifying, own, state)
        : new Counting(operator, own, state);
  }

  /// The scan under what belongs to its node as well.
  private static @Nullable Measured measured(Operator operator) {
    return switch (operator) {
      case DetoastOperator detoast -> measured(detoast.input());
      case FilterOperator filter -> measured(filter.input());
      case Measured measured -> measured;
      default -> null;
    };
  }

  /// Counts what it passes on.
  private static class Counting implements Operator {
    private final Operator operator;
    private final Counters counters;
    private final ExecState state;

    Counting(Operator operator, Counters counters, ExecState state) {
      this.operator = operator;
      this.counters = counters;
      this.state = state;
    }

    @Override
    public @Nullable Batch next() {
      long start = state.session().clock().nanoTime();
      if (!counters.started) {
        counters.started = true;
        counters.beganNanos = counters.loops == 0 ? start : counters.beganNanos;
        counters.loops++;
      }
      try {
        Batch batch = operator.next();
        counters.answeredNanos = state.session().clock().nanoTime();
        counters.nanos += counters.answeredNanos - start;
        if (batch != null) {
          counters.rows += batch.size();
          if (!counters.sawRow) {
            counters.sawRow = true;
            counters.firstRowNanos += counters.nanos;
          }
        }
        return batch;
      } catch (NotYet notYet) {
        counters.nanos += state.session().clock().nanoTime() - start;
        throw notYet;
      }
    }

    @Override
    public void rescan() {
      counters.started = false;
      operator.rescan();
    }

    @Override
    public void close() {
      operator.close();
    }
  }

  /// The same of one that tells how many rows it has changed.
  private static final class CountingModifying extends Counting implements ModifyingOperator {
    private final ModifyingOperator modifying;

    CountingModifying(ModifyingOperator modifying, Counters counters, ExecState state) {
      super(modifying, counters, state);
      this.modifying = modifying;
    }

    @Override
    public long count() {
      return modifying.count();
    }
  }
}
