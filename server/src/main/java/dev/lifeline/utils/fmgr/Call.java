package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Interval;
import dev.lifeline.utils.adt.Numeric;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A call of a function: its arguments, and what it may know of the place that it is called from.
///
/// One object serves all calls of an execution; each call site has its own slots in it, so that
/// nested calls do not overwrite each other and nothing is allocated for a call. The evaluators of
/// `executor.expr` fill it.
public final class Call {
  private long[] longs = new long[8];
  private double[] doubles = new double[8];
  private @Nullable Object[] objects = new @Nullable Object[8];
  private boolean[] nulls = new boolean[8];
  private int base;
  private CallSite site = CallSite.NONE;
  private boolean nullResult;
  private final EvalContext context;

  public Call(EvalContext context) {
    this.context = context;
  }

  // ---- what a function sees

  public EvalContext context() {
    return context;
  }

  /// Types of arguments and result, and the function itself.
  public CallSite site() {
    return site;
  }

  public int count() {
    return site.argTypes().size();
  }

  public boolean isNull(int argument) {
    return nulls[base + argument];
  }

  public long getLong(int argument) {
    return longs[base + argument];
  }

  public int getInt(int argument) {
    return (int) longs[base + argument];
  }

  public boolean getBool(int argument) {
    return longs[base + argument] != 0;
  }

  public double getDouble(int argument) {
    return doubles[base + argument];
  }

  /// An argument that is held as an object and is not null, in the class that its type has.
  public <T> T get(int argument, Class<T> type) {
    return type.cast(object(argument));
  }

  public Object object(int argument) {
    Object value = objects[base + argument];
    if (value == null) {
      throw new IllegalStateException("argument " + argument + " of " + site + " is null");
    }
    return value;
  }

  public Text text(int argument) {
    return (Text) object(argument);
  }

  /// A text argument as a Java string.
  public String string(int argument) {
    return object(argument).toString();
  }

  public Numeric numeric(int argument) {
    return (Numeric) object(argument);
  }

  public PgArray array(int argument) {
    return (PgArray) object(argument);
  }

  public Interval interval(int argument) {
    return (Interval) object(argument);
  }

  /// An argument in a box, whatever its type.
  public @Nullable Object boxed(int argument) {
    if (nulls[base + argument]) {
      return null;
    }
    return switch (site.argRep(argument)) {
      case LONG -> (Object) longs[base + argument];
      case DOUBLE -> (Object) doubles[base + argument];
      case OBJECT -> objects[base + argument];
    };
  }

  /// Copies an argument into a column of its type.
  public void copyTo(int argument, Column column, int row) {
    int at = base + argument;
    if (nulls[at]) {
      column.setNull(row);
      return;
    }
    switch (column.rep()) {
      case LONG -> column.setLong(row, longs[at]);
      case DOUBLE -> column.setDouble(row, doubles[at]);
      case OBJECT -> column.setObject(row, object(argument));
    }
  }

  /// Makes the result null; the value that the function then returns does not matter. For functions
  /// whose result is a primitive; the others return null itself.
  public long returnNull() {
    nullResult = true;
    return 0;
  }

  /// Sets the result to a value of a column: for functions whose result has the type of an argument
  /// or of an array's elements. They return what this returns, as their [Fn.Any] says.
  public void returnFrom(Column column, int row) {
    if (column.isNull(row)) {
      nullResult = true;
      return;
    }
    switch (column.rep()) {
      case LONG -> longs[base] = column.getLong(row);
      case DOUBLE -> doubles[base] = column.getDouble(row);
      case OBJECT -> objects[base] = column.getObject(row);
    }
  }

  // ---- what an evaluator does

  /// Makes room for a call whose slots begin here.
  public void reserve(int slot, int count) {
    int needed = slot + Math.max(count, 1);
    if (needed > longs.length) {
      int capacity = Math.max(needed, longs.length * 2);
      longs = Arrays.copyOf(longs, capacity);
      doubles = Arrays.copyOf(doubles, capacity);
      objects = Arrays.copyOf(objects, capacity);
      nulls = Arrays.copyOf(nulls, capacity);
    }
  }

  public void setLong(int slot, long value) {
    longs[slot] = value;
    nulls[slot] = false;
  }

  public void setDouble(int slot, double value) {
    doubles[slot] = value;
    nulls[slot] = false;
  }

  public void setObject(int slot, @Nullable Object value) {
    objects[slot] = value;
    nulls[slot] = value == null;
  }

  /// Sets a slot from a column.
  public void setFrom(int slot, Column column, int row) {
    if (column.isNull(row)) {
      setNull(slot);
      return;
    }
    switch (column.rep()) {
      case LONG -> setLong(slot, column.getLong(row));
      case DOUBLE -> setDouble(slot, column.getDouble(row));
      case OBJECT -> setObject(slot, column.getObject(row));
    }
  }

  public void setNull(int slot) {
    objects[slot] = null;
    nulls[slot] = true;
  }

  /// All arguments are in place: the function may be called next.
  public void begin(CallSite callSite, int slot) {
    site = callSite;
    base = slot;
    nullResult = false;
  }

  /// Whether the function that was just called made its result null.
  public boolean resultIsNull() {
    return nullResult;
  }

  public boolean slotIsNull(int slot) {
    return nulls[slot];
  }

  public @Nullable Object slotObject(int slot) {
    return nulls[slot] ? null : objects[slot];
  }

  public long resultLong(int slot) {
    return longs[slot];
  }

  public double resultDouble(int slot) {
    return doubles[slot];
  }

  public @Nullable Object resultObject(int slot) {
    return nullResult ? null : objects[slot];
  }
}
