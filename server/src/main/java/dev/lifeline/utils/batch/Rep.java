package dev.lifeline.utils.batch;

/// How the values of a type are held in memory.
public enum Rep {
  /// bool (0 or 1), int2, int4, int8, oid and the reg* types, "char", date (days since 2000-01-01),
  /// time, timestamp and timestamptz (microseconds since 2000-01-01), xid and lsn.
  LONG,
  /// float4 and float8.
  DOUBLE,
  /// Everything else, as an immutable object of one class for each type.
  OBJECT
}
