package dev.lifeline.utils.guc;

import dev.lifeline.utils.TextResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads `parameters.tsv`, where each line has what PostgreSQL's `pg_settings` tells of a
/// parameter: its name, type, unit, context, category, least and greatest value, its values where
/// they are listed, and the one that it has at first. Lines that begin with # are comments.
final class GucTable {
  private GucTable() {}

  static List<Guc<?>> read() {
    List<Guc<?>> all = new ArrayList<>();
    for (String line : TextResource.lines(GucTable.class, "parameters.tsv")) {
      if (!line.startsWith("#")) {
        all.add(parameter(all.size(), line.split("\t", -1)));
      }
    }
    return List.copyOf(all);
  }

  private static Guc<?> parameter(int index, String[] row) {
    Guc.Type type = Guc.Type.valueOf(row[1].toUpperCase(Locale.ROOT));
    String boot = row[8].replace("\\n", "\n");
    Object bootValue =
        switch (type) {
          case BOOL -> boot.equals("on");
          case INTEGER -> Long.valueOf(boot);
          case REAL -> Double.valueOf(boot);
          case STRING, ENUM -> boot;
        };
    return new Guc<>(
        index,
        row[0],
        type,
        GucUnit.of(row[2]),
        GucContext.of(row[3]),
        row[4],
        row[5].isEmpty() ? 0 : Double.parseDouble(row[5]),
        row[6].isEmpty() ? 0 : Double.parseDouble(row[6]),
        row[7].isEmpty() ? List.of() : List.of(row[7].split(",")),
        bootValue);
  }
}
