package dev.lifeline.commands;

import dev.lifeline.catalog.BtreeOpClasses;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
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

  /// The index behind a primary key or unique constraint.
  static IndexWriter.Spec constraintSpec(
      String name, List<IndexKey> keys, TableDefinition.Key key, List<Relation.Column> columns) {
    return new IndexWriter.Spec(
        name,
        keys,
        true,
        key.primary(),
        StorageOptions.ofIndex(key.options()),
        included(columns, key),
        null,
        key.nullsNotDistinct(),
        true);
  }

  /// The numbers of the columns of a constraint's INCLUDE.
  static List<Integer> included(List<Relation.Column> columns, TableDefinition.Key key) {
    List<Integer> included = new ArrayList<>();
    key.included().forEach(column -> included.add(existing(columns, column).attnum()));
    return included;
  }

  /// The keys of CREATE INDEX.
  static List<IndexKey> ofIndex(
      Relation table, List<IndexElem> elements, DefinitionExpressions expressions) {
    List<Relation.Column> columns = table.columns();
    List<IndexKey> keys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (IndexElem element : elements) {
      refuseUnknownForms(element);
      boolean descending = element.ordering() == SortByDir.DESC;
      boolean nullsFirst =
          element.nullsOrdering() == SortByNulls.DEFAULT
              ? descending
              : element.nullsOrdering() == SortByNulls.FIRST;
      Expr expr = element.expr();
      String name = element.name();
      if (expr instanceof ColumnRef column && column.fields().size() == 1) {
        name = column.fields().getFirst();
        expr = null;
      }
      if (expr != null) {
        String column = unused(Analyzer.expressionName(expr), names);
        keys.add(
            new IndexKey(
                0, descending, nullsFirst, expressions.indexExpression(expr, column, table)));
        names.add(column);
      } else if (name != null) {
        Relation.Column column = existing(columns, name);
        keys.add(new IndexKey(column.attnum(), descending, nullsFirst));
        names.add(name);
      }
    }
    check(columns, keys);
    return keys;
  }

  private static String unused(String name, Set<String> names) {
    String unused = name;
    for (int pass = 1; names.contains(unused); pass++) {
      unused = name + pass;
    }
    return unused;
  }

  /// The numbers of the columns of INCLUDE.
  static List<Integer> included(List<Relation.Column> columns, List<IndexElem> elements) {
    List<Integer> included = new ArrayList<>();
    for (IndexElem element : elements) {
      String name = element.name();
      if (name == null) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "expressions are not supported in included columns");
      }
      if (element.ordering() != SortByDir.DEFAULT) {
        throw PgException.error(
            SqlState.INVALID_OBJECT_DEFINITION,
            "including column does not support ASC/DESC options");
      }
      if (element.nullsOrdering() != SortByNulls.DEFAULT) {
        throw PgException.error(
            SqlState.INVALID_OBJECT_DEFINITION,
            "including column does not support NULLS FIRST/LAST options");
      }
      included.add(existing(columns, name).attnum());
    }
    return included;
  }

  private static Relation.Column existing(List<Relation.Column> columns, String name) {
    Relation.Column column = find(columns, name);
    if (column == null) {
      throw PgException.error(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name);
    }
    return column;
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
      Relation.KeyExpression expression = key.expression();
      BtreeOpClasses.defaultFor(
          Types.get(
              expression == null ? columns.get(key.attnum() - 1).typeOid() : expression.typeOid()));
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

  /// The names of the index's columns, for a made-up name: `a_b`.
  static String joinedNames(
      List<Relation.Column> columns, List<IndexKey> keys, List<Integer> included) {
    List<String> names = new ArrayList<>();
    for (IndexKey key : keys) {
      Relation.KeyExpression expression = key.expression();
      names.add(expression == null ? columns.get(key.attnum() - 1).name() : expression.name());
    }
    included.forEach(attnum -> names.add(columns.get(attnum - 1).name()));
    StringBuilder joined = new StringBuilder();
    for (String name : names) {
      joined.append(joined.isEmpty() ? "" : "_").append(name);
      if (joined.length() >= ObjectNames.BYTES_MAX) {
        break;
      }
    }
    return joined.toString();
  }
}
