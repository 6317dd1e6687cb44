package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What can be done with the values of a type: the functions behind a row of `pg_type` and its
/// default B-tree operator class. Immutable and shared; whatever depends on the session comes in.
///
/// No method here sees a null: who calls it has looked.
public abstract class TypeOps {
  /// How the values are held.
  public abstract Rep rep();

  /// Reads the text form, as a client sends it or a literal has it.
  ///
  /// @param text UTF-8
  /// @param typmod the type modifier that the value must obey, or -1
  /// @throws dev.lifeline.utils.error.PgException with PostgreSQL's message where it is malformed
  public abstract void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row);

  /// Writes the text form.
  public abstract void output(Column in, int row, EvalContext context, ByteWriter out);

  /// Reads the binary form.
  public abstract void receive(
      byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row);

  /// Writes the binary form, without a length before it.
  public abstract void send(Column in, int row, EvalContext context, ByteWriter out);

  /// The order of the default B-tree operator class.
  public abstract int compare(Column a, int rowA, Column b, int rowB);

  /// Values that compare as equal hash equally.
  public abstract long hash(Column in, int row);

  /// Writes the value so that the bytes of two values compare (unsigned, shorter first) as the
  /// values do, and no value's bytes are the beginning of another's.
  public abstract void encodeKey(Column in, int row, ByteWriter out);

  /// What the bytes of a key tell.
  public enum KeyForm {
    /// The value.
    EXACT,
    /// Where they end, but not which of several equal values it is: 1.0 or 1.00.
    DELIMITED,
    /// Nothing.
    OPAQUE
  }

  /// What [#decodeKey] can do.
  public KeyForm keyForm() {
    return KeyForm.OPAQUE;
  }

  /// Reads a value from the bytes that [#encodeKey] has made, if [#keyForm] is `EXACT`; or passes
  /// over them.
  ///
  /// @param inverted whether each bit of them is the other way round, as in a descending key
  /// @param out where it goes; null to pass over it
  /// @return where the bytes end
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    throw new UnsupportedOperationException("keys of this type do not tell the value");
  }

  /// Bytes that a stored value takes, or -1 where that differs from value to value.
  public abstract int storedLength();

  /// Whether values have a stored form at all.
  public boolean isStored() {
    return true;
  }

  /// Writes the stored form, without a length before it.
  public abstract void store(Column in, int row, ByteWriter out);

  /// Reads the stored form.
  public abstract void load(MemorySegment page, long offset, int length, Column out, int row);
}
