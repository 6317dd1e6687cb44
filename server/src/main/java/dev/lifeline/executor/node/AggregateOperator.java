package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Groups its input and computes aggregates: all groups at once, found by hashing, or, where the
/// input is ordered, by comparing neighbours. Without keys there is exactly one group.
public final class AggregateOperator implements Operator {
  private final ExecState state;
  private final EvalFrame frame;
  private final Operator input;
  private final Projector keys;
  private final List<TypeOps> keyOps;
  private final boolean sorted;
  private final List<AggregateCall> calls;
  private final int expectedGroups;
  private final Batch output;

  private List<AggregateRun> runs;
  private @Nullable GroupTable table;

  /// Of a sorted input: one row of keys for each group.
  private final RowStore sortedKeys;

  private int groups;
  private int[] groupOf = {};
  private @Nullable Batch pending;
  private boolean keysReady;
  private int runsReady;
  private boolean complete;
  private int position;

  /// @param sorted whether equal keys are neighbours
  public AggregateOperator(
      ExecState state,
      EvalFrame frame,
      Operator input,
      Evaluator[] keys,
      List<TypeOps> keyOps,
      boolean sorted,
      List<AggregateCall> calls,
      int expectedGroups) {
    this.state = state;
    this.frame = frame;
    this.input = input;
    this.keys = new Projector(frame, keys, 64);
    this.keyOps = keyOps;
    this.sorted = sorted;
    this.calls = calls;
    this.expectedGroups = expectedGroups;
    List<Rep> reps = new ArrayList<>();
    keyOps.forEach(ops -> reps.add(ops.rep()));
    this.sortedKeys = new RowStore(reps, 16);
    calls.forEach(call -> reps.add(AggregateRun.rep(call)));
    this.output = new Batch(reps, Math.max(1, Math.min(expectedGroups, Batch.TARGET_ROWS)));
    this.runs = newRuns();
    begin();
  }

  private List<AggregateRun> newRuns() {
    List<AggregateRun> result = new ArrayList<>();
    calls.forEach(call -> result.add(new AggregateRun(call, frame)));
    return result;
  }

  private void begin() {
    table = keyOps.isEmpty() || sorted ? null : new GroupTable(keyOps, expectedGroups);
    groups = keyOps.isEmpty() ? 1 : 0;
  }

  @Override
  public @Nullable Batch next() {
    if (!complete) {
      consume();
      for (AggregateRun run : runs) {
        run.complete(groups);
      }
      complete = true;
    }
    int size = Math.min(groups - position, Batch.TARGET_ROWS);
    if (size <= 0) {
      return null;
    }
    int keyCount = keyOps.size();
    for (int i = 0; i < size; i++) {
      int group = position + i;
      for (int k = 0; k < keyCount; k++) {
        Column key = table == null ? sortedKeys.column(k) : table.key(k);
        output.column(k).copy(i, key, group);
      }
      for (int a = 0; a < runs.size(); a++) {
        runs.get(a).finish(group, output.column(keyCount + a), i);
      }
    }
    position += size;
    output.setSize(size);
    return output;
  }

  private void consume() {
    while (true) {
      if (pending == null) {
        pending = input.next();
        keysReady = false;
        runsReady = 0;
      }
      Batch batch = pending;
      if (batch == null) {
        return;
      }
      if (!keysReady) {
        keys.project(batch);
        keysReady = true;
      }
      while (runsReady < runs.size()) {
        runs.get(runsReady).evaluate(batch);
        runsReady++;
      }
      findGroups(batch.size());
      for (AggregateRun run : runs) {
        run.add(groupOf, groups, batch.size());
      }
      pending = null;
      state.tick();
    }
  }

  private void findGroups(int rows) {
    if (groupOf.length < rows) {
      groupOf = new int[rows];
    }
    if (keyOps.isEmpty()) {
      return;
    }
    Column[] columns = keys.columns();
    GroupTable hashed = table;
    if (hashed != null) {
      for (int row = 0; row < rows; row++) {
        groupOf[row] = hashed.findOrAdd(columns, row);
      }
      groups = hashed.size();
      return;
    }
    Batch keyRows = new Batch(columns);
    for (int row = 0; row < rows; row++) {
      if (groups == 0 || differs(columns, row)) {
        sortedKeys.add(keyRows, row);
        groups++;
      }
      groupOf[row] = groups - 1;
    }
  }

  private boolean differs(Column[] columns, int row) {
    for (int k = 0; k < columns.length; k++) {
      Column last = sortedKeys.column(k);
      int at = groups - 1;
      boolean isNull = columns[k].isNull(row);
      if (isNull != last.isNull(at)
          || (!isNull && keyOps.get(k).compare(last, at, columns[k], row) != 0)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void rescan() {
    input.rescan();
    keys.reset();
    pending = null;
    complete = false;
    position = 0;
    sortedKeys.clear();
    runs = newRuns();
    begin();
  }

  @Override
  public void close() {
    input.close();
  }
}
