package dev.lifeline.utils.adt;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// SQL's names of types in strings, as `regtype` and `to_regtype` read them.
final class TypeNames {
  private static final Map<String, Integer> SQL_NAMES =
      Map.ofEntries(
          Map.entry("boolean", Types.BOOL),
          Map.entry("smallint", Types.INT2),
          Map.entry("int", Types.INT4),
          Map.entry("integer", Types.INT4),
          Map.entry("bigint", Types.INT8),
          Map.entry("real", Types.FLOAT4),
          Map.entry("float", Types.FLOAT8),
          Map.entry("double precision", Types.FLOAT8),
          Map.entry("decimal", Types.NUMERIC),
          Map.entry("dec", Types.NUMERIC),
          Map.entry("character varying", Types.VARCHAR),
          Map.entry("char varying", Types.VARCHAR),
          Map.entry("character", Types.BPCHAR),
          Map.entry("char", Types.BPCHAR),
          Map.entry("time without time zone", Types.TIME),
          Map.entry("time with time zone", Types.TIMETZ),
          Map.entry("timestamp without time zone", Types.TIMESTAMP),
          Map.entry("timestamp with time zone", Types.TIMESTAMPTZ));

  private TypeNames() {}

  /// The type's oid, or 0 where there is none; a type modifier is read over.
  static int find(String text, CatalogHooks catalog) {
    String name = text.strip();
    boolean array = name.endsWith("]");
    while (name.endsWith("]") && name.indexOf('[') > 0) {
      name = name.substring(0, name.lastIndexOf('[')).strip();
    }
    int open = name.indexOf('(');
    int close = name.indexOf(')', open + 1);
    if (open > 0 && close > 0) {
      name = (name.substring(0, open) + name.substring(close + 1)).strip();
    }
    int oid = findBase(name, catalog);
    return array && oid != 0 ? Types.arrayOf(oid) : oid;
  }

  private static int findBase(String name, CatalogHooks catalog) {
    String folded = name.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    Integer sql = SQL_NAMES.get(folded);
    if (sql != null) {
      return sql;
    }
    List<String> names = Identifiers.split(name, true);
    if (names.size() == 1 || names.getFirst().equals("pg_catalog")) {
      PgType type = Types.find(names.getLast());
      if (type != null) {
        return type.oid();
      }
    }
    return catalog.userTypeOid(names);
  }
}
