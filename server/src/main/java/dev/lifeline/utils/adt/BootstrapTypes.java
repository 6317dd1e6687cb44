package dev.lifeline.utils.adt;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `pg_type.tsv`: what a PostgreSQL 15 has in `pg_type` after initdb.
final class BootstrapTypes {
  private BootstrapTypes() {}

  static List<PgType> load() {
    List<PgType.Row> rows = new ArrayList<>();
    try (InputStream in =
            BootstrapTypes.class.getResourceAsStream("/dev/lifeline/utils/fmgr/pg_type.tsv");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    java.util.Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(row(line.split("\t", -1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<Integer, PgType> known = new HashMap<>();
    List<PgType> types = new ArrayList<>(rows.size());
    // Arrays come after the types of their elements, on which their functions are built.
    for (PgType.Row row : rows) {
      if (row.elementOid() == 0 || row.length() != -1) {
        known.put(row.oid(), new PgType(row, row.supported() ? BuiltinTypeOps.of(row) : null));
      }
    }
    for (PgType.Row row : rows) {
      PgType type = known.get(row.oid());
      if (type == null) {
        PgType element = known.get(row.elementOid());
        type = new PgType(row, arrayOps(row, element));
      }
      types.add(type);
    }
    return types;
  }

  private static @Nullable TypeOps arrayOps(PgType.Row row, @Nullable PgType element) {
    if (!row.supported() || element == null) {
      return null;
    }
    return row.category() == 'A' && element.supported()
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
