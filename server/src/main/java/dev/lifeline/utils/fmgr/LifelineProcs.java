package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// The functions that PostgreSQL does not have, or has in an extension only.
final class LifelineProcs {
  /// Oids from 9000 on are free in PostgreSQL 15 ("reserved for patches that are not in core").
  private static final int FIRST_OID = 9100;

  private LifelineProcs() {}

  static List<PgProc> all() {
    return List.of(
        proc(
            FIRST_OID,
            "lifeline_crash_backend",
            Types.BOOL,
            List.of(Types.INT4),
            List.of("pid"),
            0),
        proc(
            FIRST_OID + 1,
            "pg_stat_statements_reset",
            Types.VOID,
            List.of(Types.OID, Types.OID, Types.INT8),
            List.of("userid", "dbid", "queryid"),
            3));
  }

  private static PgProc proc(
      int oid,
      String name,
      int returnType,
      List<Integer> argTypes,
      List<String> argNames,
      int defaults) {
    return new PgProc(
        oid,
        name,
        'f',
        false,
        true,
        'v',
        returnType,
        argTypes,
        0,
        defaults,
        List.of(),
        "",
        argNames,
        name,
        'r',
        false);
  }
}
