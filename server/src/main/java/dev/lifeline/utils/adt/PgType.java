package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import org.jspecify.annotations.Nullable;

/// A row of `pg_type`, and what can be done with the type's values.
public final class PgType {
  /// `array_subscript_handler`: what true array types are subscripted by.
  private static final int ARRAY_SUBSCRIPT_HANDLER = 6179;

  private final Row row;
  private final @Nullable TypeOps ops;

  PgType(Row row, @Nullable TypeOps ops) {
    this.row = row;
    this.ops = ops;
  }

  /// The columns of `pg_type` that are fixed for a built-in type; the fields are named after them.
  ///
  /// @param length bytes, -1 for a varlena, -2 for a C string
  /// @param kind `b` base, `p` pseudo, `e` enum, `d` domain, `c` composite
  /// @param supported whether Lifeline has the type
  record Row(
      int oid,
      String name,
      int length,
      boolean byValue,
      char kind,
      char category,
      boolean preferred,
      char delimiter,
      int elementOid,
      int arrayOid,
      int inputOid,
      int outputOid,
      int receiveOid,
      int sendOid,
      int modInOid,
      int modOutOid,
      char align,
      char storage,
      boolean supported,
      int collationOid,
      int subscriptOid) {}

  public int oid() {
    return row.oid;
  }

  /// `typname`, e.g. `int4`, `_text`.
  public String name() {
    return row.name;
  }

  /// `typlen`: bytes, -1 for a varlena, -2 for a C string.
  public int length() {
    return row.length;
  }

  public boolean byValue() {
    return row.byValue;
  }

  /// `typtype`: `b` base, `p` pseudo, `e` enum, `d` domain, `c` composite.
  public char kind() {
    return row.kind;
  }

  public boolean isPseudo() {
    return row.kind == 'p';
  }

  /// `typcategory`, e.g. `N` for numbers.
  public char category() {
    return row.category;
  }

  /// `typispreferred`: whether an implicit cast within its category prefers it.
  public boolean preferred() {
    return row.preferred;
  }

  /// What stands between the elements of an array of it.
  public char delimiter() {
    return row.delimiter;
  }

  /// `typelem`: the type that subscripting yields, or 0.
  public int elementOid() {
    return row.elementOid;
  }

  /// `typarray`: the type of arrays of it, or 0.
  public int arrayOid() {
    return row.arrayOid;
  }

  /// Whether this is a true array type (and not, as `name`, one that can only be subscripted).
  public boolean isArray() {
    return row.elementOid != 0 && row.subscriptOid == ARRAY_SUBSCRIPT_HANDLER;
  }

  public int inputOid() {
    return row.inputOid;
  }

  public int outputOid() {
    return row.outputOid;
  }

  public int receiveOid() {
    return row.receiveOid;
  }

  public int sendOid() {
    return row.sendOid;
  }

  public int modInOid() {
    return row.modInOid;
  }

  public int modOutOid() {
    return row.modOutOid;
  }

  public int subscriptOid() {
    return row.subscriptOid;
  }

  public int collationOid() {
    return row.collationOid;
  }

  public char align() {
    return row.align;
  }

  public char storage() {
    return row.storage;
  }

  /// Whether Lifeline can hold values of it. A type that it only knows by name is refused when it
  /// is used.
  public boolean supported() {
    return row.supported && ops != null;
  }

  /// What can be done with its values.
  ///
  /// @throws PgException 0A000 for a type that Lifeline does not have
  public TypeOps ops() {
    if (ops == null) {
      throw PgException.notSupported("type " + row.name);
    }
    return ops;
  }

  public Rep rep() {
    return ops().rep();
  }

  /// Writes a value that is not null as the text protocol shows it.
  public void output(Column column, int at, EvalContext context, ByteWriter out) {
    ops().output(column, at, context, out);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PgType type && type.row.oid == row.oid;
  }

  @Override
  public int hashCode() {
    return row.oid;
  }

  @Override
  public String toString() {
    return row.name;
  }
}
