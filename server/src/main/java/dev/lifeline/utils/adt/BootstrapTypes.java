package dev.lifeline.utils.adt;

import dev.lifeline.utils.TextResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads `pg_type.tsv`: what a PostgreSQL 15 has in `pg_type` after initdb.
final class BootstrapTypes {
  private BootstrapTypes() {}

  static List<PgType> load() {
    List<PgType.Row> rows =
        TextResource.rows(
            BootstrapTypes.class, "/dev/lifeline/utils/fmgr/pg_type.tsv", BootstrapTypes::row);
    Map<Integer, PgType> known = new HashMap<>();
    // Arrays come after the types of their elements, on which their functions are built; arrays of
    // vectors after the vectors.
    for (int pass = 0; pass < 3; pass++) {
      for (PgType.Row row : rows) {
        boolean array = isArray(row);
        PgType element = known.get(row.elementOid());
        boolean ready = !array || element != null || pass == 2;
        if (ready && !known.containsKey(row.oid())) {
          known.put(row.oid(), new PgType(row, array ? arrayOps(row, element) : ops(row)));
        }
      }
    }
    return rows.stream().map(row -> Objects.requireNonNull(known.get(row.oid()))).toList();
  }

  private static boolean isArray(PgType.Row row) {
    return (row.category() == 'A' && row.elementOid() != 0 && row.length() == -1)
        || row.oid() == Types.RECORD_ARRAY;
  }

  private static @Nullable TypeOps ops(PgType.Row row) {
    return row.supported() ? BuiltinTypeOps.of(row) : null;
  }

  private static @Nullable TypeOps arrayOps(PgType.Row row, @Nullable PgType element) {
    return row.supported() && element != null && element.supported()
        ? BuiltinTypeOps.ofArray(row, element)
        : null;
  }

  private static PgType.Row row(String[] f) {
    return new PgType.Row(
        Integer.parseInt(f[0]),
        f[1],
        Integer.parseInt(f[2]),
        f[3].equals("1"),
        f[4].charAt(0),
        f[5].charAt(0),
        f[6].equals("1"),
        f[7].charAt(0),
        Integer.parseInt(f[8]),
        Integer.parseInt(f[9]),
        Integer.parseInt(f[10]),
        Integer.parseInt(f[11]),
        Integer.parseInt(f[12]),
        Integer.parseInt(f[13]),
        Integer.parseInt(f[14]),
        Integer.parseInt(f[15]),
        f[16].charAt(0),
        f[17].charAt(0),
        f[18].equals("0"),
        Integer.parseInt(f[19]),
        Integer.parseInt(f[20]));
  }
}
