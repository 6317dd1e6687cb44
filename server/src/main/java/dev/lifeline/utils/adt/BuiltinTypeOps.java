package dev.lifeline.utils.adt;

import org.jspecify.annotations.Nullable;

/// Which type has which operations.
final class BuiltinTypeOps {
  private BuiltinTypeOps() {}

  /// The operations of a base or pseudo-type, or null where it has no values of its own.
  static @Nullable TypeOps of(PgType.Row row) {
    return switch (row.oid()) {
      case Types.BOOL -> new BoolOps();
      case Types.INT2 -> new IntOps(2, "smallint");
      case Types.INT4 -> new IntOps(4, "integer");
      case Types.INT8 -> new IntOps(8, "bigint");
      case Types.CHAR -> new CharOps();
      case Types.BYTEA -> new ByteaOps();
      case Types.UUID -> new UuidOps();
      case Types.JSON -> new JsonOps();
      case Types.JSONB -> new JsonbOps();
      case Types.PG_LSN -> new SystemTypeOps.Lsn();
      case Types.XID8 -> new SystemTypeOps.Xid8();
      case Types.TID -> new SystemTypeOps.Tid();
      case Types.RECORD -> new RecordOps();
      case Types.REGCLASS,
          Types.REGTYPE,
          Types.REGPROC,
          Types.REGPROCEDURE,
          Types.REGOPER,
          Types.REGOPERATOR,
          Types.REGNAMESPACE,
          Types.REGROLE,
          Types.REGCOLLATION ->
          new RegOps(row.oid());
      case Types.DATE -> new DateTimeOps.Date();
      case Types.TIME -> new DateTimeOps.Time();
      case Types.TIMESTAMP -> new DateTimeOps.Timestamp(false);
      case Types.TIMESTAMPTZ -> new DateTimeOps.Timestamp(true);
      case Types.TIMETZ -> new TimeTzOps();
      case Types.INTERVAL -> new IntervalOps();
      case Types.FLOAT4 -> new FloatOps(true);
      case Types.FLOAT8 -> new FloatOps(false);
      case Types.NUMERIC -> new NumericOps();
      case Types.OID, Types.XID, Types.CID -> new OidOps(row.name());
      case Types.TEXT,
          Types.UNKNOWN,
          Types.CSTRING,
          Types.REFCURSOR,
          Types.PG_NODE_TREE,
          Types.ACLITEM,
          Types.VOID ->
          new TextOps(TextOps.Kind.TEXT);
      case Types.VARCHAR -> new TextOps(TextOps.Kind.VARCHAR);
      case Types.BPCHAR -> new TextOps(TextOps.Kind.BPCHAR);
      case Types.NAME -> new TextOps(TextOps.Kind.NAME);
      default -> null;
    };
  }

  /// The operations of an array type.
  static TypeOps ofArray(PgType.Row row, PgType element) {
    boolean vector = row.oid() == Types.INT2VECTOR || row.oid() == Types.OIDVECTOR;
    return new ArrayOps(element, vector);
  }
}
