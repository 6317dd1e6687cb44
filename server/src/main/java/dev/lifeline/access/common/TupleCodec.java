package dev.lifeline.access.common;

import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows as the bytes of a stored tuple.
///
/// ```
/// attributes  2 bytes   how many follow; the top bit says that there is a null bitmap
/// null bitmap           one bit for each attribute, set where it is null
/// values                in order, nulls left out, not aligned
/// ```
///
/// A value of fixed width is stored as it is (numbers big-endian), another one after its length:
/// one byte up to 127, else four with the top bit set. The bit below that says that what follows is
/// a [ToastedValue]. A tuple may have fewer attributes than its table has now (`ALTER TABLE ... ADD
/// COLUMN`): those that are missing read as the column's default.
public final class TupleCodec {
  private static final int HAS_NULLS = 0x8000;
  private static final int HEADER = 2;
  private static final int LONG_LENGTH = 0x8000_0000;
  private static final int TOASTED = 0x4000_0000;

  /// The longest value, as PostgreSQL's: a byte less than 1 GB.
  private static final int LENGTH_MAX = TOASTED - 1;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final TypeOps[] ops;
  private final int[] widths;

  /// The offset of each attribute in a tuple without nulls, or -1 after the first of no fixed
  /// width.
  private final int[] fixedOffsets;

  private final @Nullable Column[] missing;

  /// @param types the types of the table's attributes in order; a dropped one keeps its type
  public TupleCodec(List<PgType> types) {
    this(types, List.of());
  }

  /// @param missing for each attribute a column whose first row is what it reads as in tuples that
  ///   are too old to have it; null (as is whatever lies beyond the list) for NULL
  public TupleCodec(List<PgType> types, List<@Nullable Column> missing) {
    int count = types.size();
    ops = new TypeOps[count];
    widths = new int[count];
    fixedOffsets = new int[count];
    this.missing = new @Nullable Column[count];
    int offset = HEADER;
    for (int i = 0; i < count; i++) {
      ops[i] = types.get(i).ops();
      widths[i] = ops[i].storedLength();
      fixedOffsets[i] = offset;
      if (offset >= 0) {
        offset = widths[i] < 0 ? -1 : offset + widths[i];
      }
      if (i < missing.size()) {
        this.missing[i] = missing.get(i);
      }
    }
  }

  public int attributes() {
    return ops.length;
  }

  /// Writes a row: one column for each attribute.
  public void form(List<Column> columns, int row, ByteWriter out) {
    int count = ops.length;
    boolean hasNulls = false;
    for (int i = 0; i < count && !hasNulls; i++) {
      hasNulls = columns.get(i).isNull(row);
    }
    out.int16(hasNulls ? count | HAS_NULLS : count);
    int bitmap = -1;
    if (hasNulls) {
      bitmap = out.reserve((count + 7) >> 3);
      for (int i = 0; i < (count + 7) >> 3; i++) {
        out.setInt8(bitmap + i, 0);
      }
    }
    for (int i = 0; i < count; i++) {
      Column column = columns.get(i);
      if (column.isNull(row)) {
        out.array()[bitmap + (i >> 3)] |= (byte) (1 << (i & 7));
      } else if (widths[i] >= 0) {
        ops[i].store(column, row, out);
      } else if (column.rep() == Rep.OBJECT && column.getObject(row) instanceof ToastedValue v) {
        storeToasted(v, out);
      } else {
        storeVarying(ops[i], column, row, out);
      }
    }
  }

  /// As [#form(List, int, ByteWriter)], into an array of its own.
  public byte[] form(List<Column> columns, int row) {
    ByteWriter out = new ByteWriter(128);
    form(columns, row, out);
    return out.toBytes();
  }

  private static void storeVarying(TypeOps ops, Column column, int row, ByteWriter out) {
    int at = out.reserve(1);
    ops.store(column, row, out);
    int length = out.size() - at - 1;
    if (length < 0x80) {
      out.setInt8(at, length);
      return;
    }
    // The longer header: the value moves by three bytes.
    out.reserve(3);
    byte[] bytes = out.array();
    System.arraycopy(bytes, at + 1, bytes, at + 4, length);
    if (length > LENGTH_MAX) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "invalid memory alloc request size %d", length);
    }
    out.setInt32(at, length | LONG_LENGTH);
  }

  /// Writes a toasted value with its length.
  public static void storeToasted(ToastedValue value, ByteWriter out) {
    out.int32(value.bytes().length | LONG_LENGTH | TOASTED);
    out.bytes(value.bytes());
  }

  /// Reads attributes of a stored tuple.
  ///
  /// @param targets for each attribute the index of the batch's column that it goes to, or -1 where
  ///   it is not needed; attributes beyond its end are not needed
  public void deform(
      MemorySegment page, long offset, int length, int[] targets, Batch out, int row) {
    int header = page.get(SHORT, offset) & 0xFFFF;
    int stored = header & ~HAS_NULLS;
    boolean hasNulls = (header & HAS_NULLS) != 0;
    int needed = Math.min(targets.length, ops.length);
    int present = Math.min(stored, needed);
    long bitmap = offset + HEADER;
    long at = hasNulls ? bitmap + ((stored + 7) >> 3) : bitmap;
    boolean fixed = !hasNulls;
    for (int i = 0; i < present; i++) {
      int target = targets[i];
      if (hasNulls && (page.get(ValueLayout.JAVA_BYTE, bitmap + (i >> 3)) & (1 << (i & 7))) != 0) {
        if (target >= 0) {
          out.column(target).setNull(row);
        }
        continue;
      }
      int width = widths[i];
      if (width >= 0) {
        if (target >= 0) {
          ops[i].load(page, fixed ? offset + fixedOffsets[i] : at, width, out.column(target), row);
        }
        at += width;
        continue;
      }
      fixed = false;
      width = page.get(ValueLayout.JAVA_BYTE, at);
      if (width >= 0) {
        at += 1;
      } else {
        int word = page.get(INT, at);
        width = word & LENGTH_MAX;
        at += 4;
        if ((word & TOASTED) != 0) {
          if (target >= 0) {
            out.column(target).setObject(row, toasted(page, at, width));
          }
          at += width;
          continue;
        }
      }
      if (target >= 0) {
        ops[i].load(page, at, width, out.column(target), row);
      }
      at += width;
    }
    if (at > offset + length) {
      throw PgException.error(
          SqlState.DATA_CORRUPTED, "tuple of %d bytes ends within attribute %d", length, present);
    }
    for (int i = present; i < needed; i++) {
      if (targets[i] >= 0) {
        readMissing(i, out.column(targets[i]), row);
      }
    }
  }

  private static ToastedValue toasted(MemorySegment page, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
    return new ToastedValue(bytes);
  }

  /// Puts a value into a column from its own stored form.
  ///
  /// @param attribute its number, from 0
  public void load(int attribute, byte[] stored, Column out, int row) {
    ops[attribute].load(MemorySegment.ofArray(stored), 0, stored.length, out, row);
  }

  /// Whether the attribute's values differ in length, and so may be toasted.
  public boolean isVarying(int attribute) {
    return widths[attribute] < 0;
  }

  /// Where the attributes of a formed tuple are.
  ///
  /// @return for each attribute that is there the offset of its length, or of its value where its
  ///   width is fixed, and one more for the end; two equal ones where it is null
  public int[] offsets(byte[] payload) {
    int header = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    int stored = header & ~HAS_NULLS;
    boolean hasNulls = (header & HAS_NULLS) != 0;
    int[] offsets = new int[stored + 1];
    MemorySegment m = MemorySegment.ofArray(payload);
    int at = HEADER + (hasNulls ? (stored + 7) >> 3 : 0);
    for (int i = 0; i < stored; i++) {
      offsets[i] = at;
      if (hasNulls && (payload[HEADER + (i >> 3)] & (1 << (i & 7))) != 0) {
        continue;
      }
      if (widths[i] >= 0) {
        at += widths[i];
      } else if (payload[at] >= 0) {
        at += 1 + payload[at];
      } else {
        at += 4 + (m.get(INT, at) & LENGTH_MAX);
      }
    }
    offsets[stored] = at;
    return offsets;
  }

  /// The toasted value that begins there, null where it is another one.
  public static @Nullable ToastedValue toastedAt(byte[] payload, int at) {
    if (payload[at] >= 0) {
      return null;
    }
    MemorySegment m = MemorySegment.ofArray(payload);
    int word = m.get(INT, at);
    return (word & TOASTED) == 0 ? null : toasted(m, at + 4L, word & LENGTH_MAX);
  }

  /// The toasted values of a stored tuple by their attributes, null for what is not toasted; or
  /// null where none is.
  public @Nullable ToastedValue @Nullable [] toastedValues(byte[] payload) {
    @Nullable ToastedValue[] found = null;
    int[] offsets = offsets(payload);
    for (int i = 0; i < offsets.length - 1; i++) {
      if (widths[i] < 0 && offsets[i + 1] > offsets[i]) {
        ToastedValue value = toastedAt(payload, offsets[i]);
        if (value != null) {
          found = found == null ? new @Nullable ToastedValue[ops.length] : found;
          found[i] = value;
        }
      }
    }
    return found;
  }

  private void readMissing(int attribute, Column out, int row) {
    Column value = missing[attribute];
    if (value == null || out.rep() != value.rep()) {
      out.setNull(row);
    } else {
      out.copy(row, value, 0);
    }
  }

  /// The identity for [#deform]: every attribute into the column of the same index.
  public int[] allAttributes() {
    int[] targets = new int[ops.length];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = i;
    }
    return targets;
  }

  /// A batch with a column for each attribute.
  public Batch newBatch(int capacity) {
    return new Batch(Arrays.stream(ops).map(TypeOps::rep).map(Rep.class::cast).toList(), capacity);
  }
}
