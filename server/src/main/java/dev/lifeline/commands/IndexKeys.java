package dev.lifeline.commands;

import dev.lifeline.catalog.BtreeOpClasses;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.parser.tree.IndexElem;
import dev.lifeline.parser.tree.SortByDir;
import dev.lifeline.parser.tree.SortByNulls;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds the columns that an index or a key constraint names.
final class IndexKeys {
  static final int KEYS_MAX = 32;

  private IndexKeys() {}

  /// The keys of a primary key or unique constraint.
  static List<IndexKey> ofConstraint(List<Relation.Column> columns, TableDefinition.Key key) {
    List<IndexKey> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : key.columns()) {
      Relation.Column column = find(columns, name);
      if (column == null) {
        throw PgException.error(
                SqlState.UNDEFINED_COLUMN, "column \"%s\" named in key does not exist", name)
            .at(key.location());
      }
      if (!seen.add(name)) {
        throw PgException.error(
                SqlState.DUPLICATE_COLUMN,
                key.primary()
                    ? "column \"%s\" appears twice in primary key constraint"
                    : "column \"%s\" appears twice in unique constraint",
                name)
            .at(key.location());
      }
      keys.add(new IndexKey(column.attnum(), false, false));
    }
    check(columns, keys);
    return keys;
  }

  /// The keys of CREATE INDEX.
  static List<IndexKey> ofIndex(List<Relation.Column> columns, List<IndexElem> elements) {
    List<IndexKey> keys = new ArrayList<>();
    for (IndexElem element : elements) {
      String name = element.name();
      if (name == null) {
        throw PgException.notSupported("an index on an expression");
      }
      Relation.Column column = find(columns, name);
      if (column == null) {
        throw PgException.error(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name);
      }
      refuseUnknownForms(element);
      boolean descending = element.ordering() == SortByDir.DESC;
      boolean nullsFirst =
          element.nullsOrdering() == SortByNulls.DEFAULT
              ? descending
              : element.nullsOrdering() == SortByNulls.FIRST;
      keys.add(new IndexKey(column.attnum(), descending, nullsFirst));
    }
    check(columns, keys);
    return keys;
  }

  private static void refuseUnknownForms(IndexElem element) {
    if (!element.collation().isEmpty()
        && !Set.of("C", "POSIX", "default", "ucs_basic").contains(element.collation().getLast())) {
      throw PgException.notSupported("collation \"" + element.collation().getLast() + "\"");
    }
    if (!element.opclassopts().isEmpty()) {
      throw PgException.notSupported("operator class options");
    }
    if (!element.opclass().isEmpty() && !sortsAsByDefault(element.opclass().getLast())) {
      throw PgException.notSupported("operator class \"" + element.opclass().getLast() + "\"");
    }
  }

  /// The pattern classes compare bytewise, which is how text is compared here anyway.
  private static boolean sortsAsByDefault(String opClass) {
    return BtreeOpClasses.all().stream().anyMatch(c -> c.name().equals(opClass))
        || Set.of("varchar_ops", "text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops")
            .contains(opClass);
  }

  private static void check(List<Relation.Column> columns, List<IndexKey> keys) {
    if (keys.size() > KEYS_MAX) {
      throw PgException.error(
          SqlState.TOO_MANY_COLUMNS, "cannot use more than %d columns in an index", KEYS_MAX);
    }
    for (IndexKey key : keys) {
      BtreeOpClasses.defaultFor(Types.get(columns.get(key.attnum() - 1).typeOid()));
    }
  }

  private static Relation.@org.jspecify.annotations.Nullable Column find(
      List<Relation.Column> columns, String name) {
    for (Relation.Column column : columns) {
      if (!column.dropped() && column.name().equals(name)) {
        return column;
      }
    }
    return null;
  }

  /// The names of the key columns, for a made-up name: `a_b`.
  static String joinedNames(List<Relation.Column> columns, List<IndexKey> keys) {
    StringBuilder names = new StringBuilder();
    for (IndexKey key : keys) {
      names.append(names.isEmpty() ? "" : "_").append(columns.get(key.attnum() - 1).name());
      if (names.length() >= ObjectNames.BYTES_MAX) {
        break;
      }
    }
    return names.toString();
  }
}
