package dev.lifeline.utils.batch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One column of a [Batch]: values of one type, held as its [Rep] says. Belongs to one statement
/// and so to one event loop; it grows and is used again.
public final class Column {
  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final @Nullable Object[] NO_OBJECTS = {};

  private final Rep rep;
  private boolean[] nulls;
  private long[] longs = NO_LONGS;
  private double[] doubles = NO_DOUBLES;
  private @Nullable Object[] objects = NO_OBJECTS;

  public Column(Rep rep, int capacity) {
    this.rep = rep;
    this.nulls = new boolean[capacity];
    switch (rep) {
      case LONG -> longs = new long[capacity];
      case DOUBLE -> doubles = new double[capacity];
      case OBJECT -> objects = new @Nullable Object[capacity];
    }
  }

  public Rep rep() {
    return rep;
  }

  public boolean isNull(int row) {
    return nulls[row];
  }

  /// The value of a row that is not null, of a column of [Rep#LONG].
  public long getLong(int row) {
    return longs[row];
  }

  public double getDouble(int row) {
    return doubles[row];
  }

  /// The value of a row of [Rep#OBJECT]; null where the row is null.
  public @Nullable Object getObject(int row) {
    return objects[row];
  }

  public void setNull(int row) {
    ensure(row);
    nulls[row] = true;
    if (rep == Rep.OBJECT) {
      objects[row] = null;
    }
  }

  public void setLong(int row, long value) {
    ensure(row);
    nulls[row] = false;
    longs[row] = value;
  }

  public void setDouble(int row, double value) {
    ensure(row);
    nulls[row] = false;
    doubles[row] = value;
  }

  public void setObject(int row, Object value) {
    ensure(row);
    nulls[row] = false;
    objects[row] = value;
  }

  /// Copies one value of a column of the same [Rep].
  public void copy(int row, Column from, int fromRow) {
    if (from.nulls[fromRow]) {
      setNull(row);
      return;
    }
    ensure(row);
    nulls[row] = false;
    switch (rep) {
      case LONG -> longs[row] = from.longs[fromRow];
      case DOUBLE -> doubles[row] = from.doubles[fromRow];
      case OBJECT -> objects[row] = from.objects[fromRow];
    }
  }

  private void ensure(int row) {
    if (row >= nulls.length) {
      grow(Math.max(row + 1, nulls.length * 2));
    }
  }

  private void grow(int capacity) {
    nulls = Arrays.copyOf(nulls, capacity);
    switch (rep) {
      case LONG -> longs = Arrays.copyOf(longs, capacity);
      case DOUBLE -> doubles = Arrays.copyOf(doubles, capacity);
      case OBJECT -> objects = Arrays.copyOf(objects, capacity);
    }
  }
}
