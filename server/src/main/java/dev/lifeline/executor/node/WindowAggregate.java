package dev.lifeline.executor.node;

import dev.lifeline.utils.adt.AggregateState;
import dev.lifeline.utils.adt.Aggregates;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.List;

/// An aggregate over each row's frame. While frames only grow the rows that are new are added; a
/// frame that has lost rows is computed anew.
final class WindowAggregate extends WindowRun {
  /// The states of frames that are over are dropped when there are so many.
  private static final int STATES_MAX = 1024;

  private final WindowCall call;
  private final EvalContext context;
  private final WindowPartition partition;
  private final WindowFrames frames;
  private final boolean onlyGrows;
  private List<Column> args = List.of();
  private AggregateState state;
  private int group;
  private int from;
  private int to;

  WindowAggregate(
      WindowCall call, EvalContext context, WindowPartition partition, WindowFrames frames) {
    this.call = call;
    this.context = context;
    this.partition = partition;
    this.frames = frames;
    this.onlyGrows = frames.onlyGrows();
    this.state = newState();
  }

  private AggregateState newState() {
    return Aggregates.newState(call.function(), call.argTypes(), call.resultType(), context);
  }

  @Override
  void begin() {
    args = new ArrayList<>();
    call.args().forEach(column -> args.add(partition.column(column)));
    restart();
  }

  private void restart() {
    if (++group >= STATES_MAX) {
      state = newState();
      group = 0;
    }
    state.ensure(group + 1);
    from = 0;
    to = 0;
  }

  @Override
  int compute(int row, Column out, int outRow) {
    int before = to;
    int added;
    if (onlyGrows) {
      int end = frames.stretches() == 0 ? 0 : frames.to(0);
      added = add(before, end);
      to = Math.max(to, end);
    } else {
      added = anew();
    }
    state.finish(group, out, outRow);
    return added;
  }

  private int anew() {
    int stretches = frames.stretches();
    if (stretches == 1 && to > from && frames.from(0) == from && frames.to(0) >= to) {
      int added = add(to, frames.to(0));
      to = frames.to(0);
      return added;
    }
    restart();
    int added = 0;
    for (int i = 0; i < stretches; i++) {
      added += add(frames.from(i), frames.to(i));
    }
    if (stretches == 1) {
      from = frames.from(0);
      to = frames.to(0);
    }
    return added;
  }

  private int add(int first, int end) {
    for (int row = first; row < end; row++) {
      if (passes(row)) {
        state.add(group, args, row);
      }
    }
    return Math.max(0, end - first);
  }

  private boolean passes(int row) {
    if (call.filter() < 0) {
      return true;
    }
    Column filter = partition.column(call.filter());
    return !filter.isNull(row) && filter.getLong(row) != 0;
  }
}
