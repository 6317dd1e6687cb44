package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// Functions of `information_schema`, as far as clients call them themselves.
final class InformationSchemaProcs {
  private InformationSchemaProcs() {}

  static List<PgProc> all() {
    return List.of(
        // pgjdbc takes the columns of keys and indexes apart with it.
        new PgProc(
            13208,
            "_pg_expandarray",
            'f',
            true,
            true,
            'i',
            Types.RECORD,
            List.of(Types.ANYARRAY),
            0,
            0,
            List.of(Types.ANYARRAY, Types.ANYELEMENT, Types.INT4),
            "ioo",
            List.of("", "x", "n"),
            "_pg_expandarray",
            's',
            false));
  }
}
