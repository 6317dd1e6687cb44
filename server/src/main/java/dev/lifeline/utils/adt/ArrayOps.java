package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Arrays of a type, and the two vectors of the system catalogs, which have a text form of their
/// own.
///
/// Stored as: number of dimensions (1 byte), whether there are nulls (1 byte), length and lower
/// bound of each dimension (4 bytes each); then the elements, each after a byte that tells null
/// from not null where there are nulls, and after its length (4 bytes) where its type has no fixed
/// one.
final class ArrayOps extends ObjectOps<PgArray> {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final int KEY_END = 1;
  private static final int KEY_ELEMENT = 2;
  private static final int KEY_NULL = 3;

  private final PgType elementType;
  private final boolean vector;

  /// @param vector whether this is `int2vector` or `oidvector`
  ArrayOps(PgType elementType, boolean vector) {
    this.elementType = elementType;
    this.vector = vector;
  }

  @Override
  PgArray parse(String text, int typmod, EvalContext context) {
    return vector ? parseVector(text) : ArrayText.parse(elementType, text, typmod, context);
  }

  private PgArray parseVector(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty()) {
      return PgArrays.vector(elementType.oid(), new long[0]);
    }
    String[] words = trimmed.split("\\s+", -1);
    long[] values = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        values[i] = Long.parseLong(words[i]);
      } catch (NumberFormatException e) {
        throw LongOps.invalidSyntax(elementType.oid() == Types.OID ? "oid" : "smallint", words[i]);
      }
    }
    return PgArrays.vector(elementType.oid(), values);
  }

  @Override
  void format(PgArray value, EvalContext context, ByteWriter out) {
    if (!vector) {
      ArrayText.format(value, context, out);
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      if (i > 0) {
        out.int8(' ');
      }
      out.decimal(value.elements().getLong(i));
    }
  }

  @Override
  PgArray receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    ByteBuffer in = ByteBuffer.wrap(data, offset, length);
    try {
      return receive(in, data, typmod, context);
    } catch (BufferUnderflowException e) {
      throw WireFormat.insufficientData();
    }
  }

  private PgArray receive(ByteBuffer in, byte[] data, int typmod, EvalContext context) {
    int dimensions = in.getInt();
    if (dimensions < 0) {
      throw WireFormat.incorrect("invalid number of dimensions: %d", dimensions);
    }
    if (dimensions > PgArray.DIMENSIONS_MAX) {
      throw PgArray.tooManyDimensions(dimensions);
    }
    int flags = in.getInt();
    if (flags != 0 && flags != 1) {
      throw WireFormat.incorrect("invalid array flags");
    }
    int type = in.getInt();
    if (type != elementType.oid()) {
      throw PgException.error(
          SqlState.DATATYPE_MISMATCH,
          "binary data has array element type %d (%s) instead of expected %d (%s)",
          type,
          FormatType.name(type),
          elementType.oid(),
          FormatType.name(elementType.oid()));
    }
    int[] dims = new int[dimensions];
    int[] lower = new int[dimensions];
    long size = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      dims[i] = in.getInt();
      lower[i] = in.getInt();
      size = dims[i] < 0 ? -1 : size * dims[i];
      if (size < 0 || size > in.remaining()) {
        throw WireFormat.insufficientData();
      }
    }
    Column elements = new Column(elementType.rep(), (int) size);
    for (int i = 0; i < size; i++) {
      int length = in.getInt();
      if (length < 0) {
        elements.setNull(i);
        continue;
      }
      if (length > in.remaining()) {
        throw WireFormat.insufficientData();
      }
      elementType.ops().receive(data, in.position(), length, typmod, context, elements, i);
      in.position(in.position() + length);
    }
    return PgArray.of(elementType, dims, lower, elements);
  }

  @Override
  void send(PgArray value, EvalContext context, ByteWriter out) {
    out.int32(value.dimensions());
    out.int32(value.hasNulls() ? 1 : 0);
    out.int32(elementType.oid());
    for (int i = 0; i < value.dimensions(); i++) {
      out.int32(value.dimension(i));
      out.int32(value.lowerBound(i));
    }
    for (int i = 0; i < value.size(); i++) {
      if (value.elements().isNull(i)) {
        out.int32(-1);
        continue;
      }
      int at = out.reserve(4);
      elementType.ops().send(value.elements(), i, context, out);
      out.setInt32(at, out.size() - at - 4);
    }
  }

  @Override
  int compareValues(PgArray a, PgArray b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(PgArray value, ByteWriter out) {
    for (int i = 0; i < value.size(); i++) {
      if (value.elements().isNull(i)) {
        out.int8(KEY_NULL);
      } else {
        out.int8(KEY_ELEMENT);
        elementType.ops().encodeKey(value.elements(), i, out);
      }
    }
    out.int8(KEY_END);
    out.int8(value.dimensions());
    for (int i = 0; i < value.dimensions(); i++) {
      out.int32(value.dimension(i));
      out.int32(value.lowerBound(i) ^ Integer.MIN_VALUE);
    }
  }

  @Override
  public boolean isStored() {
    return elementType.ops().isStored();
  }

  @Override
  void store(PgArray value, ByteWriter out) {
    boolean nulls = value.hasNulls();
    out.int8(value.dimensions());
    out.int8(nulls ? 1 : 0);
    for (int i = 0; i < value.dimensions(); i++) {
      out.int32(value.dimension(i));
      out.int32(value.lowerBound(i));
    }
    TypeOps ops = elementType.ops();
    for (int i = 0; i < value.size(); i++) {
      boolean isNull = nulls && value.elements().isNull(i);
      if (nulls) {
        out.int8(isNull ? 0 : 1);
      }
      if (isNull) {
        continue;
      }
      if (ops.storedLength() >= 0) {
        ops.store(value.elements(), i, out);
      } else {
        int at = out.reserve(4);
        ops.store(value.elements(), i, out);
        out.setInt32(at, out.size() - at - 4);
      }
    }
  }

  @Override
  PgArray load(MemorySegment page, long offset, int length) {
    long at = offset;
    int dimensions = page.get(ValueLayout.JAVA_BYTE, at);
    boolean nulls = page.get(ValueLayout.JAVA_BYTE, at + 1) != 0;
    at += 2;
    int[] dims = new int[dimensions];
    int[] lower = new int[dimensions];
    int size = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      dims[i] = page.get(INT, at);
      lower[i] = page.get(INT, at + 4);
      size *= dims[i];
      at += 8;
    }
    TypeOps ops = elementType.ops();
    int fixed = ops.storedLength();
    Column elements = new Column(elementType.rep(), size);
    for (int i = 0; i < size; i++) {
      if (nulls && page.get(ValueLayout.JAVA_BYTE, at++) == 0) {
        elements.setNull(i);
        continue;
      }
      int width = fixed;
      if (fixed < 0) {
        width = page.get(INT, at);
        at += 4;
      }
      ops.load(page, at, width, elements, i);
      at += width;
    }
    return PgArray.of(elementType, dims, lower, elements);
  }
}
