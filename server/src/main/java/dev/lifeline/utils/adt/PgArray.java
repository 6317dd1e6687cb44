package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An array value: immutable, elements in row-major order in a column of the element's type. An
/// array without elements has no dimensions.
public final class PgArray implements Comparable<PgArray> {
  static final int DIMENSIONS_MAX = 6;

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

  /// An array of the same shape with other elements; takes the column over.
  public PgArray withElements(PgType newElementType, Column newElements) {
    return new PgArray(newElementType, dimensions, lowerBounds, newElements, size);
  }

  /// Arrays of the same shape as the elements of a new first dimension.
  ///
  /// @param parts not empty
  /// @throws PgException where their shapes differ
  public static PgArray stack(PgType elementType, List<PgArray> parts) {
    PgArray first = parts.getFirst();
    Column elements = new Column(elementType.rep(), first.size * parts.size());
    int at = 0;
    for (PgArray part : parts) {
      if (!part.sameShape(first)) {
        throw PgException.error(
            SqlState.ARRAY_ELEMENT_ERROR,
            "multidimensional arrays must have array expressions with matching dimensions");
      }
      for (int i = 0; i < part.size; i++) {
        elements.copy(at++, part.elements, i);
      }
    }
    int[] dimensions = new int[first.dimensions.length + 1];
    int[] lowerBounds = new int[dimensions.length];
    dimensions[0] = parts.size();
    lowerBounds[0] = 1;
    for (int i = 1; i < dimensions.length; i++) {
      dimensions[i] = first.dimensions[i - 1];
      lowerBounds[i] = first.lowerBounds[i - 1];
    }
    if (dimensions.length > DIMENSIONS_MAX) {
      throw tooManyDimensions(dimensions.length);
    }
    return of(elementType, dimensions, lowerBounds, elements);
  }

  static PgException tooManyDimensions(int count) {
    return PgException.error(
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        "number of array dimensions (%d) exceeds the maximum allowed (%d)",
        count,
        DIMENSIONS_MAX);
  }

  /// The part of the array within the bounds, subscripts from 1; dimensions beyond the bounds' are
  /// taken whole.
  public PgArray slice(int[] lower, int[] upper) {
    int count = dimensions.length;
    if (count == 0 || lower.length > count) {
      return empty(elementType);
    }
    int[] from = new int[count];
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      int low = lowerBounds[i];
      int high = lowerBounds[i] + dimensions[i] - 1;
      if (i < lower.length) {
        low = Math.max(low, lower[i]);
        high = Math.min(high, upper[i]);
      }
      if (low > high) {
        return empty(elementType);
      }
      from[i] = low;
      lengths[i] = high - low + 1;
    }
    int total = 1;
    for (int length : lengths) {
      total *= length;
    }
    Column part = new Column(elements.rep(), total);
    int[] at = from.clone();
    for (int i = 0; i < total; i++) {
      part.copy(i, elements, indexOf(at));
      for (int d = count - 1; d >= 0; d--) {
        if (++at[d] < from[d] + lengths[d]) {
          break;
        }
        at[d] = from[d];
      }
    }
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return new PgArray(elementType, lengths, ones, part, total);
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
    return Arrays.equals(dimensions, other.dimensions)
        && Arrays.equals(lowerBounds, other.lowerBounds);
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
        && elementType.equals(array.elementType)
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
