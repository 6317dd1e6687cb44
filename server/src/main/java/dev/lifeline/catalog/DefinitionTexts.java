package dev.lifeline.catalog;

import dev.lifeline.utils.adt.QuoteIdent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes objects as the SQL that makes them: `pg_get_indexdef`, `pg_get_constraintdef`.
final class DefinitionTexts {
  private DefinitionTexts() {}

  /// How an expression of a definition is written.
  interface Expressions {
    /// As it is kept: with all its parentheses.
    Expressions STORED = source -> source;

    String write(String source);
  }

  static String index(
      Relation table, Relation.Index index, boolean qualified, Expressions expressions) {
    StringBuilder sql = new StringBuilder("CREATE ");
    sql.append(index.unique() ? "UNIQUE INDEX " : "INDEX ").append(QuoteIdent.quote(index.name()));
    sql.append(" ON ");
    if (qualified) {
      sql.append(QuoteIdent.quote(table.namespace())).append('.');
    }
    sql.append(QuoteIdent.quote(table.name())).append(" USING btree (");
    String separator = "";
    for (Relation.IndexKey key : index.keys()) {
      sql.append(separator).append(key(table, key, expressions));
      separator = ", ";
    }
    sql.append(')');
    if (!index.included().isEmpty()) {
      sql.append(" INCLUDE ").append(columns(table, index.included()));
    }
    if (index.nullsNotDistinct()) {
      sql.append(" NULLS NOT DISTINCT");
    }
    if (index.fillfactor() != IndexWriter.FILLFACTOR) {
      sql.append(" WITH (fillfactor='").append(index.fillfactor()).append("')");
    }
    String predicate = index.predicate();
    if (predicate != null) {
      sql.append(" WHERE ").append(expressions.write(predicate));
    }
    return sql.toString();
  }

  /// An expression as a key: in parentheses, unless it is the call of a function.
  static String keyExpression(String source) {
    return isCall(source) ? source : "(" + source + ")";
  }

  private static boolean isCall(String source) {
    int open = source.indexOf('(');
    if (open <= 0 || !source.endsWith(")") || split(source).size() != 1) {
      return false;
    }
    for (int i = 0; i < open; i++) {
      char c = source.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_' && c != '.' && c != '"') {
        return false;
      }
    }
    int depth = 0;
    for (int i = open; i < source.length(); i++) {
      depth += source.charAt(i) == '(' ? 1 : source.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return i == source.length() - 1;
      }
    }
    return false;
  }

  /// Divides a list of expressions at the commas that are outside of parentheses and quotes.
  static List<String> split(String sources) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    char quote = 0;
    int start = 0;
    for (int i = 0; i < sources.length(); i++) {
      char c = sources.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(' || c == '[') {
        depth++;
      } else if (c == ')' || c == ']') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(sources.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(sources.substring(start).strip());
    return parts;
  }

  private static String keyText(Relation table, Relation.IndexKey key, Expressions expressions) {
    Relation.KeyExpression expression = key.expression();
    return expression == null
        ? table.keyText(key)
        : keyExpression(expressions.write(expression.source()));
  }

  private static String key(Relation table, Relation.IndexKey key, Expressions expressions) {
    String name = keyText(table, key, expressions);
    if (key.descending()) {
      return name + (key.nullsFirst() ? " DESC" : " DESC NULLS LAST");
    }
    return name + (key.nullsFirst() ? " NULLS FIRST" : "");
  }

  /// One key of an index, counted from 1, as `pg_get_indexdef(oid, n, pretty)` tells it.
  static String indexKey(
      Relation table, Relation.Index index, int number, Expressions expressions) {
    int keys = index.keys().size();
    if (number < 1 || number > keys + index.included().size()) {
      return "";
    }
    return number <= keys
        ? keyText(table, index.keys().get(number - 1), expressions)
        : QuoteIdent.quote(table.column(index.included().get(number - keys - 1)).name());
  }

  /// @param referenced the table that a foreign key refers to
  /// @param qualified whether that one's name is given with its schema
  static String foreignKey(Relation table, ForeignKey key, Relation referenced, boolean qualified) {
    StringBuilder sql = new StringBuilder("FOREIGN KEY ");
    sql.append(columns(table, key.columns())).append(" REFERENCES ");
    if (qualified) {
      sql.append(QuoteIdent.quote(referenced.namespace())).append('.');
    }
    sql.append(QuoteIdent.quote(referenced.name()));
    sql.append(columns(referenced, key.referencedColumns()));
    if (key.match() == ForeignKey.MATCH_FULL) {
      sql.append(" MATCH FULL");
    }
    if (key.onUpdate() != ForeignKey.NO_ACTION) {
      sql.append(" ON UPDATE ").append(action(key.onUpdate()));
    }
    if (key.onDelete() != ForeignKey.NO_ACTION) {
      sql.append(" ON DELETE ").append(action(key.onDelete()));
      if (!key.setColumns().isEmpty()) {
        sql.append(' ').append(columns(table, key.setColumns()));
      }
    }
    sql.append(key.deferrable() ? " DEFERRABLE" : "");
    sql.append(key.deferred() ? " INITIALLY DEFERRED" : "");
    sql.append(key.validated() ? "" : " NOT VALID");
    return sql.toString();
  }

  static String action(char action) {
    return switch (action) {
      case ForeignKey.RESTRICT -> "RESTRICT";
      case ForeignKey.CASCADE -> "CASCADE";
      case ForeignKey.SET_NULL -> "SET NULL";
      case ForeignKey.SET_DEFAULT -> "SET DEFAULT";
      default -> "NO ACTION";
    };
  }

  static String constraint(
      Relation table, Relation.Constraint constraint, Expressions expressions) {
    return switch (constraint.type()) {
      case 'p' -> "PRIMARY KEY " + keyColumns(table, constraint);
      case 'u' -> unique(table, constraint);
      case 'c' -> "CHECK (" + expressions.write(String.valueOf(constraint.checkSource())) + ")";
      default -> throw new IllegalStateException("constraint type " + constraint.type());
    };
  }

  private static String unique(Relation table, Relation.Constraint constraint) {
    Relation.Index index = index(table, constraint);
    boolean nullsEqual = index != null && index.nullsNotDistinct();
    return "UNIQUE " + (nullsEqual ? "NULLS NOT DISTINCT " : "") + keyColumns(table, constraint);
  }

  private static String keyColumns(Relation table, Relation.Constraint constraint) {
    String keys = columns(table, constraint.columns());
    Relation.Index index = index(table, constraint);
    return index == null || index.included().isEmpty()
        ? keys
        : keys + " INCLUDE " + columns(table, index.included());
  }

  private static Relation.@Nullable Index index(Relation table, Relation.Constraint constraint) {
    for (Relation.Index index : table.indexes()) {
      if (index.oid() == constraint.indexOid()) {
        return index;
      }
    }
    return null;
  }

  private static String columns(Relation table, List<Integer> attnums) {
    return attnums.stream()
        .map(attnum -> QuoteIdent.quote(table.column(attnum).name()))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
