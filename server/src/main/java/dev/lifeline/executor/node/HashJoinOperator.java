package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Joins by equality: keeps the inner rows in a hash table by their keys, and looks each outer row
/// up in it. Rows with a null in their key match nothing.
public final class HashJoinOperator implements Operator {
  private final ExecState state;
  private final EvalFrame frame;
  private final FromItem.Type type;
  private final Operator outer;
  private final Operator inner;
  private final Projector outerKeys;
  private final Projector innerKeys;
  private final @Nullable Evaluator joinFilter;
  private final int outerWidth;
  private final RowStore store;
  private final GroupTable table;
  private final Batch output;

  /// For each key the first inner row that has it, and for each inner row the next one.
  private int[] first = new int[16];

  private int[] following = new int[16];
  private final BitSet matchedInner = new BitSet();

  private @Nullable Batch innerPending;
  private boolean built;
  private @Nullable Batch outerBatch;
  private boolean outerKeysReady;
  private int outerRow;
  private int candidate = -1;
  private boolean candidateStarted;
  private boolean matched;
  private int unmatchedInner;
  private boolean outerAtEnd;
  private int rows;

  public HashJoinOperator(
      ExecState state,
      EvalFrame frame,
      FromItem.Type type,
      Operator outer,
      Operator inner,
      Evaluator[] outerKeys,
      Evaluator[] innerKeys,
      List<TypeOps> keyOps,
      @Nullable Evaluator joinFilter,
      int outerWidth,
      List<Rep> innerReps,
      List<Rep> reps,
      int expectedInner) {
    this.state = state;
    this.frame = frame;
    this.type = type;
    this.outer = outer;
    this.inner = inner;
    this.outerKeys = new Projector(frame, outerKeys, 64);
    this.innerKeys = new Projector(frame, innerKeys, 64);
    this.joinFilter = joinFilter;
    this.outerWidth = outerWidth;
    this.store = new RowStore(innerReps, expectedInner);
    this.table = new GroupTable(keyOps, expectedInner);
    this.output = new Batch(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    if (!built) {
      build();
      built = true;
    }
    while (!outerAtEnd && rows < Batch.TARGET_ROWS) {
      probe();
    }
    if (outerAtEnd && type == FromItem.Type.FULL) {
      emitUnmatchedInner();
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  private void build() {
    while (true) {
      if (innerPending == null) {
        innerPending = inner.next();
      }
      Batch batch = innerPending;
      if (batch == null) {
        return;
      }
      Column[] keys = innerKeys.project(batch);
      for (int row = 0; row < batch.size(); row++) {
        boolean isNull = hasNull(keys, row);
        if (isNull && type != FromItem.Type.FULL) {
          continue;
        }
        int number = store.add(batch, row);
        if (!isNull) {
          link(table.findOrAdd(keys, row), number);
        }
      }
      innerPending = null;
      state.tick();
    }
  }

  /// Rows of a key are linked in reverse, so that adding one is cheap.
  private void link(int group, int row) {
    if (group >= first.length) {
      first = Arrays.copyOf(first, Math.max(group + 1, first.length * 2));
    }
    if (row >= following.length) {
      following = Arrays.copyOf(following, Math.max(row + 1, following.length * 2));
    }
    following[row] = first[group] - 1;
    first[group] = row + 1;
  }

  private static boolean hasNull(Column[] keys, int row) {
    for (Column key : keys) {
      if (key.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private void probe() {
    Batch batch = outerBatch;
    if (batch == null) {
      boolean pointless =
          store.size() == 0 && (type == FromItem.Type.INNER || type == FromItem.Type.SEMI);
      batch = pointless ? null : outer.next();
      if (batch == null) {
        outerAtEnd = true;
        return;
      }
      outerBatch = batch;
      outerRow = 0;
      outerKeysReady = false;
    }
    if (!outerKeysReady) {
      outerKeys.project(batch);
      outerKeysReady = true;
      candidateStarted = false;
    }
    Column[] keys = outerKeys.columns();
    while (outerRow < batch.size() && rows < Batch.TARGET_ROWS) {
      if (!candidateStarted) {
        candidate = -1;
        if (!hasNull(keys, outerRow)) {
          int group = table.find(keys, outerRow);
          candidate = group < 0 ? -1 : first[group] - 1;
        }
        matched = false;
        candidateStarted = true;
      }
      if (probeRow(batch)) {
        outerRow++;
        candidateStarted = false;
      }
    }
    if (outerRow == batch.size()) {
      outerBatch = null;
      state.tick();
    }
  }

  /// @return false when the output is full and the outer row is not done
  private boolean probeRow(Batch batch) {
    while (candidate >= 0) {
      if (rows >= Batch.TARGET_ROWS) {
        return false;
      }
      if (joinFilter != null) {
        state.tickRow();
      }
      boolean match = matches(batch);
      int row = candidate;
      candidate = following[candidate];
      if (!match) {
        continue;
      }
      matched = true;
      switch (type) {
        case SEMI -> {
          emit(batch, -1);
          return true;
        }
        case ANTI -> {
          return true;
        }
        case FULL -> {
          matchedInner.set(row);
          emit(batch, row);
        }
        case INNER, LEFT -> emit(batch, row);
      }
    }
    boolean keepUnmatched =
        type == FromItem.Type.LEFT || type == FromItem.Type.FULL || type == FromItem.Type.ANTI;
    if (!matched && keepUnmatched) {
      if (rows >= Batch.TARGET_ROWS) {
        return false;
      }
      emit(batch, -1);
    }
    return true;
  }

  private boolean matches(Batch batch) {
    if (joinFilter == null) {
      return true;
    }
    frame.input = batch;
    frame.row = outerRow;
    frame.inner = store.rows();
    frame.innerRow = candidate;
    boolean result = joinFilter.isTrue(frame);
    frame.rowDone();
    return result;
  }

  private void emit(Batch batch, int innerRow) {
    for (int c = 0; c < outerWidth; c++) {
      output.column(c).copy(rows, batch.column(c), outerRow);
    }
    if (output.width() > outerWidth) {
      if (innerRow >= 0) {
        store.copyTo(innerRow, output, rows, outerWidth);
      } else {
        for (int c = outerWidth; c < output.width(); c++) {
          output.column(c).setNull(rows);
        }
      }
    }
    rows++;
  }

  private void emitUnmatchedInner() {
    while (unmatchedInner < store.size() && rows < Batch.TARGET_ROWS) {
      if (!matchedInner.get(unmatchedInner)) {
        for (int c = 0; c < outerWidth; c++) {
          output.column(c).setNull(rows);
        }
        store.copyTo(unmatchedInner, output, rows, outerWidth);
        rows++;
      }
      unmatchedInner++;
    }
  }

  @Override
  public void rescan() {
    outerBatch = null;
    outerKeys.reset();
    innerKeys.reset();
    innerPending = null;
    built = false;
    store.clear();
    table.clear();
    Arrays.fill(first, 0);
    matchedInner.clear();
    unmatchedInner = 0;
    outerAtEnd = false;
    rows = 0;
    outer.rescan();
    inner.rescan();
  }

  @Override
  public void close() {
    outer.close();
    inner.close();
  }
}
