package dev.lifeline.catalog;

import dev.lifeline.utils.TextResource;
import dev.lifeline.utils.adt.Text;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What PostgreSQL says of its own functions, operators, types and others, which `obj_description`
/// tells. They are no rows of `pg_description`: every database would carry a copy of them.
final class SystemDescriptions {
  /// By the name of the catalog and the oid; read when somebody asks for the first time.
  private static final Map<String, Map<Integer, Text>> ALL = new HashMap<>();

  static {
    for (String line : TextResource.lines(SystemDescriptions.class, "descriptions.tsv")) {
      String[] fields = line.split("\t", -1);
      ALL.computeIfAbsent(fields[0], catalog -> new HashMap<>())
          .put(Integer.parseInt(fields[1]), Text.of(fields[2]));
    }
  }

  private SystemDescriptions() {}

  /// @param catalogName null for whatever object has that oid
  static @Nullable Text find(@Nullable String catalogName, int oid) {
    if (catalogName != null) {
      return ALL.getOrDefault(catalogName, Map.of()).get(oid);
    }
    for (Map<Integer, Text> descriptions : ALL.values()) {
      Text found = descriptions.get(oid);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
