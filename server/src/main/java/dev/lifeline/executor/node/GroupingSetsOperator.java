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

/// Groups its input by several sets of keys at once, each in a hash table of its own. In the rows
/// of a set the keys that it has not are null. The set without keys has one group, whatever the
/// input.
public final class GroupingSetsOperator implements Operator {
  private final ExecState state;
  private final EvalFrame frame;
  private final Operator input;
  private final Projector keys;
  private final List<TypeOps> keyOps;
  private final List<List<Integer>> sets;
  private final List<AggregateCall> calls;
  private final long[][] groupings;
  private final Batch output;

  private List<Groups> groups;
  private @Nullable Batch pending;
  private boolean keysReady;

  /// The set that is being read, and the next of its groups.
  private int set;

  private int position;
  private boolean complete;

  /// One set while the input is read.
  private final class Groups {
    private final int[] keyColumns;
    private final @Nullable GroupTable table;
    private final List<AggregateRun> runs = new ArrayList<>();
    private int[] groupOf = {};
    private int runsReady;
    private boolean added;

    Groups(List<Integer> set) {
      this.keyColumns = set.stream().mapToInt(Integer::intValue).toArray();
      this.table =
          set.isEmpty() ? null : new GroupTable(set.stream().map(keyOps::get).toList(), 64);
      calls.forEach(call -> runs.add(new AggregateRun(call, frame)));
    }

    int size() {
      return table == null ? 1 : table.size();
    }

    /// May have to wait, and is then asked again.
    void evaluate(Batch batch) {
      while (runsReady < runs.size()) {
        runs.get(runsReady).evaluate(batch);
        runsReady++;
      }
    }

    void add(int rows) {
      if (groupOf.length < rows) {
        groupOf = new int[rows];
      }
      if (table != null) {
        Column[] columns = new Column[keyColumns.length];
        for (int k = 0; k < columns.length; k++) {
          columns[k] = keys.column(keyColumns[k]);
        }
        for (int row = 0; row < rows; row++) {
          groupOf[row] = table.findOrAdd(columns, row);
        }
      }
      for (AggregateRun run : runs) {
        run.add(groupOf, size(), rows);
      }
    }

    void write(int group, int row, long[] bits) {
      int column = 0;
      for (int k = 0; k < keyOps.size(); k++) {
        output.column(column++).setNull(row);
      }
      for (int k = 0; k < keyColumns.length && table != null; k++) {
        output.column(keyColumns[k]).copy(row, table.key(k), group);
      }
      for (AggregateRun run : runs) {
        run.finish(group, output.column(column++), row);
      }
      for (long value : bits) {
        output.column(column++).setLong(row, value);
      }
    }
  }

  /// @param sets the keys of each, by their numbers
  /// @param groupings for each set the values of the GROUPING expressions
  public GroupingSetsOperator(
      ExecState state,
      EvalFrame frame,
      Operator input,
      Evaluator[] keys,
      List<TypeOps> keyOps,
      List<List<Integer>> sets,
      List<AggregateCall> calls,
      long[][] groupings) {
    this.state = state;
    this.frame = frame;
    this.input = input;
    this.keys = new Projector(frame, keys, 64);
    this.keyOps = keyOps;
    this.sets = sets;
    this.calls = calls;
    this.groupings = groupings;
    List<Rep> reps = new ArrayList<>();
    keyOps.forEach(ops -> reps.add(ops.rep()));
    calls.forEach(call -> reps.add(AggregateRun.rep(call)));
    for (int i = 0; i < groupings[0].length; i++) {
      reps.add(Rep.LONG);
    }
    this.output = new Batch(reps, 64);
    this.groups = begin();
  }

  private List<Groups> begin() {
    List<Groups> result = new ArrayList<>();
    sets.forEach(one -> result.add(new Groups(one)));
    return result;
  }

  @Override
  public @Nullable Batch next() {
    if (!complete) {
      consume();
      for (Groups one : groups) {
        one.runs.forEach(run -> run.complete(one.size()));
      }
      complete = true;
    }
    int rows = 0;
    while (set < groups.size() && rows < Batch.TARGET_ROWS) {
      Groups one = groups.get(set);
      if (position == one.size()) {
        set++;
        position = 0;
        continue;
      }
      one.write(position++, rows++, groupings[set]);
    }
    output.setSize(rows);
    return rows == 0 ? null : output;
  }

  private void consume() {
    while (true) {
      if (pending == null) {
        pending = input.next();
        keysReady = false;
        groups.forEach(one -> one.added = false);
      }
      Batch batch = pending;
      if (batch == null) {
        return;
      }
      if (!keysReady) {
        keys.project(batch);
        keysReady = true;
      }
      for (Groups one : groups) {
        if (!one.added) {
          one.evaluate(batch);
          one.add(batch.size());
          one.added = true;
          one.runsReady = 0;
          // With thousands of sets a batch takes longer than a turn may.
          state.tick();
        }
      }
      pending = null;
    }
  }

  @Override
  public void rescan() {
    input.rescan();
    keys.reset();
    pending = null;
    complete = false;
    set = 0;
    position = 0;
    groups = begin();
  }

  @Override
  public void close() {
    input.close();
  }
}
