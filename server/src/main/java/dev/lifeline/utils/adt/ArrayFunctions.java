package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Functions over arrays: PostgreSQL's `arrayfuncs.c` and `array_userfuncs.c`.
final class ArrayFunctions {
  private ArrayFunctions() {}

  static void register(FnTable t) {
    registerShape(t);
    registerBuilding(t);
    registerSearch(t);
    registerText(t);
    t.set("array_unnest", ArrayFunctions::unnest);
    t.set("_pg_expandarray", ArrayFunctions::expand);
    t.set("generate_subscripts", c -> subscripts(c));
    t.set("generate_subscripts_nodir", c -> subscripts(c));
  }

  static PgException accumulateError(String message) {
    return PgException.error(SqlState.ARRAY_ELEMENT_ERROR, message);
  }

  private static void registerShape(FnTable t) {
    t.callLong(
        "array_ndims",
        c -> c.array(0).dimensions() == 0 ? c.returnNull() : c.array(0).dimensions());
    t.callObject("array_dims", ArrayFunctions::dims);
    t.callLong(
        "array_length",
        c -> hasDimension(c) ? c.array(0).dimension(c.getInt(1) - 1) : c.returnNull());
    t.callLong(
        "array_lower",
        c -> hasDimension(c) ? c.array(0).lowerBound(c.getInt(1) - 1) : c.returnNull());
    t.callLong(
        "array_upper",
        c ->
            hasDimension(c)
                ? c.array(0).lowerBound(c.getInt(1) - 1)
                    + (long) c.array(0).dimension(c.getInt(1) - 1)
                    - 1
                : c.returnNull());
    t.ol("array_cardinality", PgArray::size);
    t.o2("array_larger", (PgArray a, PgArray b) -> a.compareTo(b) > 0 ? a : b);
    t.o2("array_smaller", (PgArray a, PgArray b) -> a.compareTo(b) < 0 ? a : b);
  }

  private static boolean hasDimension(Call c) {
    int dimension = c.getInt(1);
    return dimension >= 1 && dimension <= c.array(0).dimensions();
  }

  private static @Nullable Text dims(Call c) {
    PgArray array = c.array(0);
    if (array.dimensions() == 0) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < array.dimensions(); i++) {
      int low = array.lowerBound(i);
      out.append('[').append(low).append(':').append(low + array.dimension(i) - 1).append(']');
    }
    return Text.of(out.toString());
  }

  private static void registerBuilding(FnTable t) {
    t.callObject("array_append", c -> extend(c, 0, 1, false));
    t.callObject("array_prepend", c -> extend(c, 1, 0, true));
    t.callObject("array_cat", ArrayFunctions::concat);
    t.callObject("array_remove", c -> replace(c, true));
    t.callObject("array_replace", c -> replace(c, false));
    t.callObject("array_fill", c -> fill(c, false));
    t.callObject("array_fill_with_lower_bounds", c -> fill(c, true));
    t.callObject("trim_array", ArrayFunctions::trim);
  }

  /// The type of the elements of the result, which is an array.
  private static PgType elementType(Call c) {
    return Types.get(Types.elementOf(c.site().resultType()));
  }

  private static PgArray extend(Call c, int arrayArg, int elementArg, boolean before) {
    PgType type = elementType(c);
    PgArray array = c.isNull(arrayArg) ? PgArray.empty(type) : c.array(arrayArg);
    if (array.dimensions() > 1) {
      throw PgException.error(
          SqlState.DATA_EXCEPTION, "argument must be empty or one-dimensional array");
    }
    int size = array.size();
    Column elements = new Column(type.rep(), size + 1);
    int shift = before ? 1 : 0;
    for (int i = 0; i < size; i++) {
      elements.copy(i + shift, array.elements(), i);
    }
    c.copyTo(elementArg, elements, before ? 0 : size);
    int lower = size == 0 ? 1 : array.lowerBound(0);
    return PgArray.of(type, new int[] {size + 1}, new int[] {lower}, elements);
  }

  private static @Nullable PgArray concat(Call c) {
    if (c.isNull(0) || c.isNull(1)) {
      return c.isNull(0) ? (c.isNull(1) ? null : c.array(1)) : c.array(0);
    }
    PgArray a = c.array(0);
    PgArray b = c.array(1);
    if (a.size() == 0) {
      return b;
    }
    if (b.size() == 0) {
      return a;
    }
    PgType type = a.elementType();
    Column elements = new Column(type.rep(), a.size() + b.size());
    for (int i = 0; i < a.size(); i++) {
      elements.copy(i, a.elements(), i);
    }
    for (int i = 0; i < b.size(); i++) {
      elements.copy(a.size() + i, b.elements(), i);
    }
    int difference = a.dimensions() - b.dimensions();
    if (Math.abs(difference) > 1) {
      throw incompatible(
          "Arrays of %d and %d dimensions are not compatible for concatenation.",
          a.dimensions(), b.dimensions());
    }
    PgArray wider = difference >= 0 ? a : b;
    PgArray narrower = difference >= 0 ? b : a;
    int[] dims = new int[wider.dimensions()];
    int[] lower = new int[wider.dimensions()];
    int offset = difference == 0 ? 0 : 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = wider.dimension(i);
      lower[i] = wider.lowerBound(i);
      if (i > 0 && narrower.dimension(i - offset) != dims[i]) {
        throw incompatible(
            difference == 0
                ? "Arrays with differing element dimensions are not compatible for concatenation."
                : "Arrays with differing dimensions are not compatible for concatenation.");
      }
    }
    dims[0] += difference == 0 ? narrower.dimension(0) : 1;
    return PgArray.of(type, dims, lower, elements);
  }

  private static PgException incompatible(String detail, Object... args) {
    return PgException.error(SqlState.ARRAY_ELEMENT_ERROR, "cannot concatenate incompatible arrays")
        .detail(detail, args);
  }

  /// Whether an element equals an argument; nulls are equal here.
  private static boolean matches(PgArray array, int index, Column wanted) {
    if (array.elements().isNull(index) || wanted.isNull(0)) {
      return array.elements().isNull(index) && wanted.isNull(0);
    }
    return array.elementType().ops().compare(array.elements(), index, wanted, 0) == 0;
  }

  private static Column argument(Call c, int argument, PgType type) {
    Column column = new Column(type.rep(), 1);
    c.copyTo(argument, column, 0);
    return column;
  }

  private static @Nullable PgArray replace(Call c, boolean remove) {
    if (c.isNull(0)) {
      return null;
    }
    PgArray array = c.array(0);
    PgType type = array.elementType();
    if (remove && array.dimensions() > 1) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "removing elements from multidimensional arrays is not supported");
    }
    Column wanted = argument(c, 1, type);
    Column by = remove ? wanted : argument(c, 2, type);
    Column elements = new Column(type.rep(), array.size());
    int size = 0;
    for (int i = 0; i < array.size(); i++) {
      if (!matches(array, i, wanted)) {
        elements.copy(size++, array.elements(), i);
      } else if (!remove) {
        elements.copy(size++, by, 0);
      }
    }
    if (size == array.size()) {
      return array.withElements(type, elements);
    }
    return size == 0
        ? PgArray.empty(type)
        : PgArray.of(type, new int[] {size}, new int[] {array.lowerBound(0)}, elements);
  }

  private static PgArray fill(Call c, boolean withBounds) {
    PgType type = elementType(c);
    if (c.isNull(1) || (withBounds && c.isNull(2))) {
      throw PgException.error(
          SqlState.NULL_VALUE_NOT_ALLOWED, "dimension array or low bound array cannot be null");
    }
    PgArray dimensions = c.array(1);
    int count = dimensions.size();
    if (count == 0) {
      return PgArray.empty(type);
    }
    int[] dims = new int[count];
    int[] lower = new int[count];
    int size = 1;
    for (int i = 0; i < count; i++) {
      dims[i] = (int) dimensions.elements().getLong(i);
      lower[i] = withBounds ? (int) c.array(2).elements().getLong(i) : 1;
      size = Math.multiplyExact(size, dims[i]);
    }
    Column elements = new Column(type.rep(), size);
    for (int i = 0; i < size; i++) {
      c.copyTo(0, elements, i);
    }
    return PgArray.of(type, dims, lower, elements);
  }

  private static PgArray trim(Call c) {
    PgArray array = c.array(0);
    int count = c.getInt(1);
    int length = array.dimensions() > 0 ? array.dimension(0) : 0;
    if (count < 0 || count > length) {
      throw PgException.error(
          SqlState.ARRAY_ELEMENT_ERROR,
          "number of elements to trim must be between 0 and %d",
          length);
    }
    if (array.dimensions() == 0) {
      return array;
    }
    int low = array.lowerBound(0);
    return array.slice(new int[] {low}, new int[] {low + length - 1 - count});
  }

  private static void registerSearch(FnTable t) {
    t.callLong("array_position", c -> position(c, false));
    t.callLong("array_position_start", c -> position(c, true));
    t.callObject("array_positions", ArrayFunctions::positions);
    t.oTest("arraycontains", (PgArray a, PgArray b) -> contains(a, b));
    t.oTest("arraycontained", (PgArray a, PgArray b) -> contains(b, a));
    t.oTest("arrayoverlap", ArrayFunctions::overlaps);
  }

  private static void checkSearchable(PgArray array) {
    if (array.dimensions() > 1) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "searching for elements in multidimensional arrays is not supported");
    }
  }

  private static long position(Call c, boolean withStart) {
    if (c.isNull(0)) {
      return c.returnNull();
    }
    PgArray array = c.array(0);
    checkSearchable(array);
    if (withStart && c.isNull(2)) {
      throw PgException.error(SqlState.NULL_VALUE_NOT_ALLOWED, "initial position must not be null");
    }
    if (array.size() == 0) {
      return c.returnNull();
    }
    Column wanted = argument(c, 1, array.elementType());
    int low = array.lowerBound(0);
    int from = withStart ? Math.max(0, c.getInt(2) - low) : 0;
    for (int i = from; i < array.size(); i++) {
      if (matches(array, i, wanted)) {
        return low + (long) i;
      }
    }
    return c.returnNull();
  }

  private static @Nullable PgArray positions(Call c) {
    if (c.isNull(0)) {
      return null;
    }
    PgArray array = c.array(0);
    checkSearchable(array);
    Column wanted = argument(c, 1, array.elementType());
    long[] found = new long[array.size()];
    int count = 0;
    for (int i = 0; i < array.size(); i++) {
      if (matches(array, i, wanted)) {
        found[count++] = array.lowerBound(0) + (long) i;
      }
    }
    return PgArrays.ofLongs(Types.INT4, Arrays.copyOf(found, count));
  }

  /// Whether all elements of the second array are in the first; a null is in none.
  private static boolean contains(PgArray a, PgArray b) {
    for (int i = 0; i < b.size(); i++) {
      if (b.elements().isNull(i) || !hasElement(a, b, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean overlaps(PgArray a, PgArray b) {
    for (int i = 0; i < b.size(); i++) {
      if (!b.elements().isNull(i) && hasElement(a, b, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasElement(PgArray a, PgArray b, int index) {
    TypeOps ops = a.elementType().ops();
    for (int i = 0; i < a.size(); i++) {
      if (!a.elements().isNull(i) && ops.compare(a.elements(), i, b.elements(), index) == 0) {
        return true;
      }
    }
    return false;
  }

  private static void registerText(FnTable t) {
    t.callObject("text_to_array", c -> c.isNull(0) ? null : PgArrays.ofTexts(split(c)));
    t.callObject("text_to_array_null", c -> c.isNull(0) ? null : PgArrays.ofTexts(split(c)));
    t.set("text_to_table", ArrayFunctions::splitToRows);
    t.set("text_to_table_null", ArrayFunctions::splitToRows);
    t.callObject("array_to_text", c -> join(c, null));
    t.callObject(
        "array_to_text_null",
        c -> c.isNull(0) || c.isNull(1) ? null : join(c, c.isNull(2) ? null : c.string(2)));
  }

  /// Fields between delimiters; without a delimiter the characters one by one.
  private static List<@Nullable String> split(Call c) {
    String text = c.string(0);
    String nullString = c.count() > 2 && !c.isNull(2) ? c.string(2) : null;
    List<@Nullable String> parts = new ArrayList<>();
    if (text.isEmpty()) {
      return parts;
    }
    if (c.isNull(1)) {
      text.codePoints().forEach(cp -> add(parts, Character.toString(cp), nullString));
      return parts;
    }
    String delimiter = c.string(1);
    if (delimiter.isEmpty()) {
      add(parts, text, nullString);
      return parts;
    }
    int start = 0;
    for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, start)) {
      add(parts, text.substring(start, at), nullString);
      start = at + delimiter.length();
    }
    add(parts, text.substring(start), nullString);
    return parts;
  }

  private static void add(List<@Nullable String> parts, String part, @Nullable String nullString) {
    parts.add(part.equals(nullString) ? null : part);
  }

  private static SetIterator splitToRows(Call c) {
    if (c.isNull(0)) {
      return SetIterator.NONE;
    }
    PgArray parts = PgArrays.ofTexts(split(c));
    return elements(parts);
  }

  private static Text join(Call c, @Nullable String nullString) {
    PgArray array = c.array(0);
    byte[] separator = c.text(1).bytes();
    ByteWriter out = new ByteWriter();
    boolean first = true;
    for (int i = 0; i < array.size(); i++) {
      boolean isNull = array.elements().isNull(i);
      if (isNull && nullString == null) {
        continue;
      }
      if (!first) {
        out.bytes(separator);
      }
      first = false;
      if (isNull) {
        out.utf8(Objects.requireNonNull(nullString));
      } else {
        array.elementType().ops().output(array.elements(), i, c.context(), out);
      }
    }
    return Text.wrap(out.toBytes());
  }

  private static SetIterator unnest(Call c) {
    return elements(c.array(0));
  }

  private static SetIterator elements(PgArray array) {
    return new SetIterator() {
      private int next;

      @Override
      public boolean next(List<Column> out, int row) {
        if (next == array.size()) {
          return false;
        }
        out.getFirst().copy(row, array.elements(), next++);
        return true;
      }
    };
  }

  /// The elements with their numbers, from 1; of an array of several dimensions only the numbers.
  private static SetIterator expand(Call c) {
    PgArray array = c.array(0);
    int[] next = {0};
    return (out, row) -> {
      if (array.dimensions() == 0 || next[0] == array.dimension(0)) {
        return false;
      }
      if (array.dimensions() == 1) {
        out.getFirst().copy(row, array.elements(), next[0]);
      } else {
        out.getFirst().setNull(row);
      }
      out.get(1).setLong(row, ++next[0]);
      return true;
    };
  }

  private static SetIterator subscripts(Call c) {
    PgArray array = c.array(0);
    int dimension = c.getInt(1);
    if (dimension < 1 || dimension > array.dimensions()) {
      return SetIterator.NONE;
    }
    boolean reversed = c.count() > 2 && c.getBool(2);
    int low = array.lowerBound(dimension - 1);
    int count = array.dimension(dimension - 1);
    return new SetIterator() {
      private int next;

      @Override
      public boolean next(List<Column> out, int row) {
        if (next == count) {
          return false;
        }
        out.getFirst().setLong(row, reversed ? low + (long) count - 1 - next : low + (long) next);
        next++;
        return true;
      }
    };
  }
}
