package dev.lifeline.executor;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.tree.Alias;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.JoinType;
import dev.lifeline.parser.tree.RangeFunction;
import dev.lifeline.parser.tree.RangeSubselect;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes the FROM clause of a definition: as it was written, with what the analysis has found out.
final class RuleFrom {
  private final RuleQueries queries;
  private final RuleText text;
  private final List<FromItem> items;
  private final List<TableRef> written;

  RuleFrom(RuleQueries queries, Query.Select select) {
    this.queries = queries;
    this.text = queries.text;
    this.items = select.from();
    List<TableRef> found =
        items.isEmpty()
            ? List.of()
            : queries.definition.fromClauses().get(items.getFirst().first().id());
    this.written = found == null ? List.of() : found;
  }

  /// The rows of what is nothing but VALUES, else null.
  RangeEntry.@Nullable Values onlyValues() {
    return written.isEmpty()
            && items.size() == 1
            && items.getFirst() instanceof FromItem.Entry(RangeEntry.Values values)
        ? values
        : null;
  }

  /// Gives all entries their names.
  void name() {
    items.forEach(item -> forEach(item, queries::name));
  }

  private static void forEach(FromItem item, Consumer<RangeEntry> action) {
    switch (item) {
      case FromItem.Entry entry -> action.accept(entry.range());
      case FromItem.Join join -> {
        forEach(join.left(), action);
        forEach(join.right(), action);
      }
    }
  }

  void write() {
    if (items.size() != written.size()) {
      throw PgException.notSupported("the FROM clause of this view");
    }
    for (int i = 0; i < items.size(); i++) {
      FromItem item = items.get(i);
      TableRef ref = written.get(i);
      if (i == 0) {
        text.keyword(" FROM ", -RuleText.STANDARD, RuleText.STANDARD, 2);
        item(item, ref);
      } else {
        text.add(", ");
        text.item(text.capture(() -> item(item, ref)), true, false);
      }
    }
  }

  private void item(FromItem item, TableRef ref) {
    if (item instanceof FromItem.Join join && ref instanceof JoinExpr expr) {
      join(join, expr);
    } else if (item instanceof FromItem.Entry entry) {
      entry(entry.range(), ref);
    } else {
      throw PgException.notSupported("this FROM clause of a view");
    }
  }

  private void join(FromItem.Join join, JoinExpr expr) {
    Alias alias = expr.alias();
    boolean swapped = expr.jointype() == JoinType.RIGHT;
    FromItem left = swapped ? join.right() : join.left();
    FromItem right = swapped ? join.left() : join.right();
    boolean whole = !text.pretty() || alias != null;
    boolean nested =
        text.pretty() && expr.rarg() instanceof JoinExpr inner && inner.alias() == null;
    text.add(whole ? "(" : "");
    item(left, expr.larg());
    Expression condition = join.condition();
    String keyword =
        switch (expr.jointype()) {
          case INNER -> condition == null ? " CROSS JOIN " : " JOIN ";
          case LEFT -> " LEFT JOIN ";
          case FULL -> " FULL JOIN ";
          case RIGHT -> " RIGHT JOIN ";
        };
    text.keyword(keyword, -RuleText.STANDARD, RuleText.STANDARD, RuleText.JOIN);
    text.add(nested ? "(" : "");
    item(right, expr.rarg());
    text.add(nested ? ")" : "");
    on(expr, condition);
    text.add(whole ? ")" : "");
    if (alias != null) {
      text.add(" ").add(QuoteIdent.quote(alias.aliasname()));
      text.add(alias.colnames().isEmpty() ? "" : RuleQueries.quoted(alias.colnames()));
    }
  }

  private void on(JoinExpr expr, @Nullable Expression condition) {
    List<String> using = expr.isNatural() ? merged(condition) : expr.usingClause();
    if (!using.isEmpty()) {
      text.add(" USING ").add(RuleQueries.quoted(using));
      Alias alias = expr.joinUsingAlias();
      text.add(alias == null ? "" : " AS " + QuoteIdent.quote(alias.aliasname()));
    } else if (condition != null) {
      text.add(text.pretty() ? " ON " : " ON (");
      queries.write(condition, false);
      text.add(text.pretty() ? "" : ")");
    } else if (expr.jointype() != JoinType.INNER) {
      text.add(" ON TRUE");
    }
  }

  /// The columns that a natural join has found to be common: its condition compares them.
  private List<String> merged(@Nullable Expression condition) {
    List<String> names = new ArrayList<>();
    if (condition != null) {
      gather(condition, names);
    }
    return names;
  }

  private void gather(Expression condition, List<String> names) {
    if (condition instanceof BoolExpr and) {
      and.args().forEach(arg -> gather(arg, names));
      return;
    }
    Expression left = condition;
    while (!(left instanceof Var)) {
      if (left.children().isEmpty()) {
        throw PgException.notSupported("this natural join in the text of a view");
      }
      left = left.children().getFirst();
    }
    names.add(queries.columnName((Var) left));
  }

  private void entry(RangeEntry range, TableRef ref) {
    switch (ref) {
      case RangeVar table -> {
        String name = table.relname();
        if (range instanceof RangeEntry.Cte) {
          text.add(QuoteIdent.quote(name));
        } else {
          text.add(queries.relationName(range, table));
        }
        Alias alias = table.alias();
        String known = queries.alias(range);
        boolean renamed = alias != null && !alias.colnames().isEmpty();
        if (alias != null || !known.equals(name)) {
          text.add(" ").add(QuoteIdent.quote(known));
        }
        text.add(renamed ? columnNames(range) : "");
      }
      case RangeSubselect subselect when range instanceof RangeEntry.Subquery subquery -> {
        text.add(subselect.lateral() ? "LATERAL " : "").add("(");
        queries.query(subquery.query(), null, true);
        text.add(")");
        text.add(" ").add(QuoteIdent.quote(queries.alias(range)));
        Alias alias = subselect.alias();
        boolean renamed = alias != null && !alias.colnames().isEmpty();
        text.add(renamed ? columnNames(range) : "");
      }
      case RangeFunction function when range instanceof RangeEntry.Function calls -> {
        text.add(function.lateral() ? "LATERAL " : "");
        function(calls);
        text.add(" ").add(QuoteIdent.quote(queries.alias(range))).add(columnNames(range));
      }
      default -> throw PgException.notSupported("this item of a FROM clause in a view");
    }
  }

  private void function(RangeEntry.Function function) {
    boolean several = function.calls().size() != 1;
    String separator = several ? "ROWS FROM(" : "";
    for (Expression call : function.calls()) {
      text.add(separator);
      queries.write(call, true);
      separator = ", ";
    }
    text.add(several ? ")" : "");
    text.add(function.ordinality() ? " WITH ORDINALITY" : "");
  }

  private static String columnNames(RangeEntry range) {
    return RuleQueries.quoted(range.columns().stream().map(RangeEntry.RangeColumn::name).toList());
  }
}
