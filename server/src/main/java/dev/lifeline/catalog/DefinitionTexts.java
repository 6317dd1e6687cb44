package dev.lifeline.catalog;

import dev.lifeline.utils.adt.QuoteIdent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes objects as the SQL that makes them: `pg_get_indexdef`, `pg_get_constraintdef`.
final class DefinitionTexts {
  private DefinitionTexts() {}

  static String index(Relation table, Relation.Index index, boolean qualified) {
    StringBuilder sql = new StringBuilder("CREATE ");
    sql.append(index.unique() ? "UNIQUE INDEX " : "INDEX ").append(QuoteIdent.quote(index.name()));
    sql.append(" ON ");
    if (qualified) {
      sql.append(QuoteIdent.quote(table.namespace())).append('.');
    }
    sql.append(QuoteIdent.quote(table.name())).append(" USING btree (");
    String separator = "";
    for (Relation.IndexKey key : index.keys()) {
      sql.append(separator).append(key(table, key));
      separator = ", ";
    }
    sql.append(')');
    return sql.toString();
  }

  private static String key(Relation table, Relation.IndexKey key) {
    String name = QuoteIdent.quote(table.column(key.attnum()).name());
    if (key.descending()) {
      return name + (key.nullsFirst() ? " DESC" : " DESC NULLS LAST");
    }
    return name + (key.nullsFirst() ? " NULLS FIRST" : "");
  }

  /// One key of an index, counted from 1, as `pg_get_indexdef(oid, n, pretty)` tells it.
  static String indexKey(Relation table, Relation.Index index, int number) {
    return number < 1 || number > index.keys().size()
        ? ""
        : QuoteIdent.quote(table.column(index.keys().get(number - 1).attnum()).name());
  }

  static String constraint(Relation table, Relation.Constraint constraint) {
    return switch (constraint.type()) {
      case 'p' -> "PRIMARY KEY " + columns(table, constraint.columns());
      case 'u' -> "UNIQUE " + columns(table, constraint.columns());
      case 'c' -> "CHECK (" + parenthesized(constraint.checkSource()) + ")";
      default -> throw new IllegalStateException("constraint type " + constraint.type());
    };
  }

  private static String parenthesized(@Nullable String source) {
    return source != null && source.startsWith("(") && source.endsWith(")")
        ? source
        : "(" + source + ")";
  }

  private static String columns(Relation table, List<Integer> attnums) {
    return attnums.stream()
        .map(attnum -> QuoteIdent.quote(table.column(attnum).name()))
        .collect(java.util.stream.Collectors.joining(", ", "(", ")"));
  }
}
