package dev.lifeline.catalog;

import dev.lifeline.utils.TextResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The definition of a system catalog or system view, with PostgreSQL 15's oids, columns and types;
/// read from `catalogs.txt`, where each has a block:
///
/// ```text
/// heap pg_database 1262 r 1248 shared        stored or virtual, oid, relkind, row type
///   oid oid not null                         its columns
///   unique pg_database_datname_index 2671 (datname)
///   primary pg_database_oid_index 2672 (oid)
///   toast 4177 4178                            its toast table and the index of that, if any
/// ```
///
/// What is stored can also have a [VirtualTable], which then tells its rows to queries: `pg_type`
/// stores the types of users, and the built-in ones come from the registry.
///
/// What is in another schema than `pg_catalog` has that before its name, and no row type.
///
/// @param schema the schema that it is in
/// @param rowType the oid of its row type, or 0
/// @param shared whether all databases have the same one
/// @param heap whether its rows are stored; else it exists as far as a [VirtualTable] is there
record CatalogDef(
    String schema,
    String name,
    int oid,
    RelKind kind,
    int rowType,
    boolean shared,
    boolean heap,
    List<ColumnDef> columns,
    List<IndexDef> indexes,
    @Nullable ToastDef toast) {

  record ColumnDef(String name, String typeName, boolean notNull) {}

  /// @param columns positions in [CatalogDef#columns]
  record IndexDef(String name, int oid, boolean unique, boolean primary, List<Integer> columns) {
    IndexDef {
      columns = List.copyOf(columns);
    }
  }

  /// Where its long values are: the oids of that table and of its index.
  record ToastDef(int oid, int indexOid) {}

  CatalogDef {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
  }

  private static final String PG_CATALOG = "pg_catalog";

  private static final Map<String, CatalogDef> BY_NAME = new LinkedHashMap<>();
  private static final Map<Integer, CatalogDef> BY_OID = new HashMap<>();

  static {
    for (CatalogDef def : read()) {
      BY_NAME.put(def.qualifiedName(), def);
      BY_OID.put(def.oid, def);
    }
  }

  /// One that must be there.
  static CatalogDef of(String name) {
    return Objects.requireNonNull(BY_NAME.get(name), name);
  }

  static @Nullable CatalogDef find(String name) {
    return BY_NAME.get(name);
  }

  static @Nullable CatalogDef find(int oid) {
    return BY_OID.get(oid);
  }

  static Collection<CatalogDef> all() {
    return BY_NAME.values();
  }

  /// The schema that it is in.
  int namespaceOid() {
    return switch (schema) {
      case PG_CATALOG -> SystemRelations.PG_CATALOG;
      case "information_schema" -> SystemRelations.INFORMATION_SCHEMA;
      case "lifeline" -> SystemRelations.LIFELINE;
      default -> throw new IllegalStateException("no system schema " + schema);
    };
  }

  String namespaceName() {
    return schema;
  }

  /// The name, with its schema where that is not `pg_catalog`.
  String qualifiedName() {
    return schema.equals(PG_CATALOG) ? name : schema + "." + name;
  }

  /// The position of a column, from 0.
  int position(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + " has no column " + column);
  }

  private static List<CatalogDef> read() {
    List<CatalogDef> defs = new ArrayList<>();
    List<String> block = new ArrayList<>();
    for (String line : TextResource.lines(CatalogDef.class, "catalogs.txt")) {
      if (!line.startsWith(" ") && !block.isEmpty()) {
        defs.add(parse(block));
        block.clear();
      }
      block.add(line);
    }
    defs.add(parse(block));
    return defs;
  }

  private static CatalogDef parse(List<String> block) {
    String[] head = block.get(0).split(" ", -1);
    List<ColumnDef> columns = new ArrayList<>();
    List<IndexDef> indexes = new ArrayList<>();
    ToastDef toast = null;
    for (String line : block.subList(1, block.size())) {
      String[] words = line.strip().split(" ", -1);
      if (line.endsWith(")")) {
        indexes.add(parseIndex(line, words, columns));
      } else if (words[0].equals("toast")) {
        toast = new ToastDef(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      } else {
        columns.add(new ColumnDef(words[0], words[1], words.length > 2));
      }
    }
    int dot = head[1].indexOf('.');
    return new CatalogDef(
        dot < 0 ? PG_CATALOG : head[1].substring(0, dot),
        head[1].substring(dot + 1),
        Integer.parseInt(head[2]),
        RelKind.of(head[3].charAt(0)),
        Integer.parseInt(head[4]),
        head.length > 5,
        head[0].equals("heap"),
        columns,
        indexes,
        toast);
  }

  private static IndexDef parseIndex(String line, String[] words, List<ColumnDef> columns) {
    List<Integer> keys = new ArrayList<>();
    String list = line.substring(line.indexOf('(') + 1, line.length() - 1);
    for (String key : list.split(" ", -1)) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(key)) {
          keys.add(i);
        }
      }
    }
    boolean primary = words[0].equals("primary");
    return new IndexDef(
        words[1], Integer.parseInt(words[2]), primary || words[0].equals("unique"), primary, keys);
  }
}
