package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import org.jspecify.annotations.Nullable;

/// An array value: immutable, elements in row-major order in a column of the element's type. An
/// array without elements has no dimensions.
public final class PgArray implements Comparable<PgArray> {
  private static final int[] NO_DIMENSIONS = {};

  private final PgType elementType;
  private final int[] dimensions;
  private final int[] lowerBounds;
  private final Column elements;
  private final int size;

  private PgArray(
      PgType elementType, int[] dimensions, int[] lowerBounds, Column elements, int size) {
    this.elementType = elementType;
    this.dimensions = dimensions;
    this.lowerBounds = lowerBounds;
    this.elements = elements;
    this.size = size;
  }

  /// Takes arrays and column over: whoever made them must not change them any more.
  public static PgArray of(
      PgType elementType, int[] dimensions, int[] lowerBounds, Column elements) {
    int size = dimensions.length == 0 ? 0 : 1;
    for (int dimension : dimensions) {
      size *= dimension;
    }
    return size == 0
        ? empty(elementType)
        : new PgArray(elementType, dimensions, lowerBounds, elements, size);
  }

  /// One dimension, subscripts from 1.
  public static PgArray of(PgType elementType, Column elements, int size) {
    return size == 0
        ? empty(elementType)
        : new PgArray(elementType, new int[] {size}, new int[] {1}, elements, size);
  }

  public static PgArray empty(PgType elementType) {
    return new PgArray(
        elementType, NO_DIMENSIONS, NO_DIMENSIONS, new Column(elementType.rep(), 0), 0);
  }

  public PgType elementType() {
    return elementType;
  }

  public int dimensions() {
    return dimensions.length;
  }

  /// The length of a dimension, counted from 0.
  public int dimension(int index) {
    return dimensions[index];
  }

  public int lowerBound(int index) {
    return lowerBounds[index];
  }

  /// The number of elements of all dimensions.
  public int size() {
    return size;
  }

  public Column elements() {
    return elements;
  }

  public boolean hasNulls() {
    for (int i = 0; i < size; i++) {
      if (elements.isNull(i)) {
        return true;
      }
    }
    return false;
  }

  /// The index into [#elements] of the element with these subscripts, or -1 where there is none.
  public int indexOf(int[] subscripts) {
    if (subscripts.length != dimensions.length || size == 0) {
      return -1;
    }
    int index = 0;
    for (int i = 0; i < dimensions.length; i++) {
      long at = (long) subscripts[i] - lowerBounds[i];
      if (at < 0 || at >= dimensions[i]) {
        return -1;
      }
      index = index * dimensions[i] + (int) at;
    }
    return index;
  }

  /// Whether dimensions and lower bounds are the same.
  public boolean sameShape(PgArray other) {
    return java.util.Arrays.equals(dimensions, other.dimensions)
        && java.util.Arrays.equals(lowerBounds, other.lowerBounds);
  }

  /// PostgreSQL's order of arrays: element by element, nulls after all else, then the shorter
  /// first, then by the number of dimensions and the dimensions themselves.
  @Override
  public int compareTo(PgArray other) {
    TypeOps ops = elementType.ops();
    int common = Math.min(size, other.size);
    for (int i = 0; i < common; i++) {
      boolean nullA = elements.isNull(i);
      boolean nullB = other.elements.isNull(i);
      if (nullA || nullB) {
        if (nullA != nullB) {
          return nullA ? 1 : -1;
        }
        continue;
      }
      int c = ops.compare(elements, i, other.elements, i);
      if (c != 0) {
        return c;
      }
    }
    if (size != other.size) {
      return Integer.compare(size, other.size);
    }
    if (dimensions.length != other.dimensions.length) {
      return Integer.compare(dimensions.length, other.dimensions.length);
    }
    for (int i = 0; i < dimensions.length; i++) {
      int c = Integer.compare(dimensions[i], other.dimensions[i]);
      if (c == 0) {
        c = Integer.compare(lowerBounds[i], other.lowerBounds[i]);
      }
      if (c != 0) {
        return c;
      }
    }
    return 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PgArray array
        && elementType == array.elementType
        && compareTo(array) == 0;
  }

  @Override
  public int hashCode() {
    long hash = 1;
    for (int i = 0; i < size; i++) {
      hash = hash * 31 + (elements.isNull(i) ? 0 : elementType.ops().hash(elements, i));
    }
    return Long.hashCode(hash);
  }
}
