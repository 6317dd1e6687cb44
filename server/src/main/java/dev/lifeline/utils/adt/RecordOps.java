package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// `record`: rows as values. They are written, compared and hashed; a record whose columns are not
/// declared cannot be read, nor is it ever stored.
final class RecordOps extends ObjectOps<PgRecord> {
  @Override
  PgRecord parse(String text, int typmod, EvalContext context) {
    throw anonymous();
  }

  private static PgException anonymous() {
    return PgException.error(
        SqlState.FEATURE_NOT_SUPPORTED, "input of anonymous composite types is not implemented");
  }

  @Override
  void format(PgRecord value, EvalContext context, ByteWriter out) {
    out.int8('(');
    for (int i = 0; i < value.values().size(); i++) {
      if (i > 0) {
        out.int8(',');
      }
      Object field = value.values().get(i);
      if (field != null) {
        field(value.types().get(i), field, context, out);
      }
    }
    out.int8(')');
  }

  private static void field(PgType type, Object value, EvalContext context, ByteWriter out) {
    int from = out.size();
    type.ops().output(Values.column(type, value), 0, context, out);
    int length = out.size() - from;
    boolean quote = length == 0;
    for (int i = from; i < out.size() && !quote; i++) {
      byte b = out.array()[i];
      quote = b == '"' || b == '\\' || b == '(' || b == ')' || b == ',' || IntOps.isSpace(b);
    }
    if (!quote) {
      return;
    }
    byte[] text = Arrays.copyOfRange(out.array(), from, from + length);
    out.truncate(from);
    out.int8('"');
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        out.int8(b);
      }
      out.int8(b);
    }
    out.int8('"');
  }

  @Override
  PgRecord receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    throw anonymous();
  }

  @Override
  void send(PgRecord value, EvalContext context, ByteWriter out) {
    out.int32(value.values().size());
    for (int i = 0; i < value.values().size(); i++) {
      PgType type = value.types().get(i);
      Object field = value.values().get(i);
      out.int32(type.oid());
      if (field == null) {
        out.int32(-1);
        continue;
      }
      int at = out.reserve(4);
      Column column = Values.column(type, field);
      type.ops().send(column, 0, context, out);
      out.setInt32(at, out.size() - at - 4);
    }
  }

  @Override
  int compareValues(PgRecord a, PgRecord b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(PgRecord value, ByteWriter out) {
    for (int i = 0; i < value.values().size(); i++) {
      Object field = value.values().get(i);
      PgType type = value.types().get(i);
      out.int8(field == null ? 3 : 2);
      if (field != null) {
        type.ops().encodeKey(Values.column(type, field), 0, out);
      }
    }
    out.int8(1);
  }

  @Override
  void store(PgRecord value, ByteWriter out) {
    throw notStored();
  }

  @Override
  public boolean isStored() {
    return false;
  }

  @Override
  PgRecord load(MemorySegment page, long offset, int length) {
    throw notStored();
  }

  private static PgException notStored() {
    return PgException.notSupported("a stored value of type record");
  }
}
