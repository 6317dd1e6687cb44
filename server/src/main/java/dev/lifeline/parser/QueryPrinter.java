package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.names;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.optNames;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints queries and the statements that change data.
final class QueryPrinter {
  private QueryPrinter() {}

  static String preparable(PreparableStmt stmt) {
    return switch (stmt) {
      case SelectStmt select -> select(select);
      case InsertStmt insert -> insert(insert);
      case UpdateStmt update -> update(update);
      case DeleteStmt delete -> delete(delete);
      case MergeStmt merge -> merge(merge);
    };
  }

  // ---- SELECT

  static String select(SelectStmt select) {
    Expr count = select.limitCount();
    String limit = "";
    if (count != null) {
      limit =
          select.limitOption() == LimitOption.WITH_TIES
              ? "FETCH FIRST " + ExprPrinter.inParens(count) + " ROWS WITH TIES"
              : "LIMIT " + ExprPrinter.expr(count);
    }
    return join(
        opt("", select.withClause(), QueryPrinter::with),
        body(select),
        ExprPrinter.orderBy(select.sortClause()),
        limit,
        opt("OFFSET", select.limitOffset(), ExprPrinter::expr),
        words(select.lockingClause(), QueryPrinter::locking));
  }

  private static String body(SelectStmt select) {
    SelectStmt left = select.larg();
    SelectStmt right = select.rarg();
    if (left != null && right != null) {
      return join(
          parens(select(left)),
          select.op().name(),
          when(select.all(), "ALL"),
          parens(select(right)));
    }
    if (!select.valuesLists().isEmpty()) {
      return "VALUES " + list(select.valuesLists(), ExprPrinter::parenthesized);
    }
    String distinct = "";
    if (select.distinct()) {
      distinct =
          join(
              "DISTINCT",
              select.distinctOn().isEmpty()
                  ? ""
                  : "ON " + ExprPrinter.parenthesized(select.distinctOn()));
    }
    return join(
        "SELECT",
        distinct,
        list(select.targetList(), QueryPrinter::target),
        opt("", select.intoClause(), QueryPrinter::into),
        from("FROM", select.fromClause()),
        where(select.whereClause()),
        when(!select.groupClause().isEmpty(), "GROUP BY"),
        when(select.groupDistinct(), "DISTINCT"),
        ExprPrinter.list(select.groupClause()),
        opt("HAVING", select.havingClause(), ExprPrinter::expr),
        when(!select.windowClause().isEmpty(), "WINDOW"),
        list(
            select.windowClause(),
            window -> optName("", window.name()) + " AS " + ExprPrinter.window(window)));
  }

  /// An output column; the name needs its AS, because not every name may do without.
  static String target(ResTarget target) {
    return join(opt("", target.val(), ExprPrinter::expr), optName("AS", target.name()));
  }

  private static String into(IntoClause into) {
    String persistence =
        switch (into.rel().relpersistence()) {
          case PERMANENT -> "";
          case TEMP -> "TEMPORARY";
          case UNLOGGED -> "UNLOGGED";
        };
    return join("INTO", persistence, "TABLE", relation(into.rel()));
  }

  private static String where(@Nullable Expr condition) {
    return opt("WHERE", condition, ExprPrinter::expr);
  }

  private static String locking(LockingClause lock) {
    String policy =
        switch (lock.waitPolicy()) {
          case BLOCK -> "";
          case SKIP -> "SKIP LOCKED";
          case ERROR -> "NOWAIT";
        };
    return join(
        SqlText.keyword(lock.strength()),
        when(!lock.lockedRels().isEmpty(), "OF"),
        list(lock.lockedRels(), QueryPrinter::relation),
        policy);
  }

  static String with(WithClause with) {
    return join(
        "WITH", when(with.recursive(), "RECURSIVE"), list(with.ctes(), QueryPrinter::commonTable));
  }

  private static String commonTable(CommonTableExpr cte) {
    String materialized =
        switch (cte.materialized()) {
          case DEFAULT -> "";
          case ALWAYS -> "MATERIALIZED";
          case NEVER -> "NOT MATERIALIZED";
        };
    return join(
        name(cte.ctename()),
        optNames(cte.aliascolnames()),
        "AS",
        materialized,
        parens(preparable(cte.ctequery())),
        opt("", cte.searchClause(), QueryPrinter::search),
        opt("", cte.cycleClause(), QueryPrinter::cycle));
  }

  private static String search(CteSearchClause search) {
    return join(
        "SEARCH",
        search.breadthFirst() ? "BREADTH" : "DEPTH",
        "FIRST BY",
        names(search.searchColList()),
        "SET",
        name(search.searchSeqColumn()));
  }

  private static String cycle(CteCycleClause cycle) {
    return join(
        "CYCLE",
        names(cycle.cycleColList()),
        "SET",
        name(cycle.cycleMarkColumn()),
        opt("TO", cycle.cycleMarkValue(), QueryPrinter::constant),
        opt("DEFAULT", cycle.cycleMarkDefault(), QueryPrinter::constant),
        "USING",
        name(cycle.cyclePathColumn()));
  }

  /// Where only a constant may stand, a cast is written as a type and a string.
  static String constant(Expr expr) {
    if (expr instanceof TypeCast cast) {
      TypeName type = cast.typeName();
      return qualified(type.names())
          + ExprPrinter.optParenthesized(type.typmods())
          + " "
          + ExprPrinter.expr(cast.arg());
    }
    return ExprPrinter.expr(expr);
  }

  // ---- FROM

  private static String from(String word, List<TableRef> items) {
    return items.isEmpty() ? "" : word + " " + list(items, QueryPrinter::tableRef);
  }

  static String tableRef(TableRef item) {
    return switch (item) {
      case RangeVar relation -> relation(relation);
      case JoinExpr join -> joined(join);
      case RangeSubselect subselect ->
          join(
              when(subselect.lateral(), "LATERAL"),
              parens(select(subselect.subquery())),
              alias(subselect.alias()));
      case RangeFunction function -> function(function);
      case RangeTableSample sample ->
          join(
              tableRef(sample.relation()),
              "TABLESAMPLE",
              qualified(sample.method()),
              ExprPrinter.parenthesized(sample.args()),
              opt("REPEATABLE", sample.repeatable(), ExprPrinter::inParens));
      case RangeTableFunc table ->
          join(when(table.lateral(), "LATERAL"), XmlPrinter.table(table), alias(table.alias()));
      case JsonTable table ->
          join(when(table.lateral(), "LATERAL"), JsonPrinter.table(table), alias(table.alias()));
    };
  }

  static String relation(RangeVar relation) {
    return join(when(!relation.inh(), "ONLY"), relationName(relation), alias(relation.alias()));
  }

  static String relationName(RangeVar relation) {
    List<String> names = new ArrayList<>(3);
    String catalog = relation.catalogname();
    String schema = relation.schemaname();
    if (catalog != null) {
      names.add(catalog);
    }
    if (schema != null) {
      names.add(schema);
    }
    names.add(relation.relname());
    return qualified(names);
  }

  private static String alias(@Nullable Alias alias) {
    return alias == null ? "" : "AS " + join(name(alias.aliasname()), optNames(alias.colnames()));
  }

  private static String joined(JoinExpr join) {
    String right = tableRef(join.rarg());
    boolean nested = join.rarg() instanceof JoinExpr inner && inner.alias() == null;
    boolean cross = !join.isNatural() && join.usingClause().isEmpty() && join.quals() == null;
    String text =
        join(
            tableRef(join.larg()),
            when(join.isNatural(), "NATURAL"),
            cross ? "CROSS" : join.jointype().name(),
            "JOIN",
            nested ? parens(right) : right,
            when(!join.usingClause().isEmpty(), "USING"),
            optNames(join.usingClause()),
            alias(join.joinUsingAlias()),
            opt("ON", join.quals(), ExprPrinter::expr));
    return join.alias() == null ? text : join(parens(text), alias(join.alias()));
  }

  private static String function(RangeFunction function) {
    String calls =
        list(
            function.functions(),
            item ->
                join(
                    ExprPrinter.expr(item.function()),
                    when(!item.coldeflist().isEmpty(), "AS"),
                    columns(item.coldeflist())));
    String definitions = columns(function.coldeflist());
    String alias = alias(function.alias());
    return join(
        when(function.lateral(), "LATERAL"),
        function.isRowsfrom() ? "ROWS FROM " + parens(calls) : calls,
        when(function.ordinality(), "WITH ORDINALITY"),
        alias.isEmpty() && !definitions.isEmpty() ? "AS" : alias,
        definitions);
  }

  private static String columns(List<ColumnDef> columns) {
    return SqlText.optParens(columns, TablePrinter::column);
  }

  // ---- INSERT, UPDATE, DELETE, MERGE

  private static String returning(List<ResTarget> targets) {
    return targets.isEmpty() ? "" : "RETURNING " + list(targets, QueryPrinter::target);
  }

  private static String targetColumn(ResTarget target) {
    return optName("", target.name()) + ExprPrinter.indirection(target.indirection());
  }

  private static String overriding(OverridingKind kind) {
    return switch (kind) {
      case NOT_SET -> "";
      case USER_VALUE -> "OVERRIDING USER VALUE";
      case SYSTEM_VALUE -> "OVERRIDING SYSTEM VALUE";
    };
  }

  private static String insert(InsertStmt insert) {
    SelectStmt query = insert.selectStmt();
    return join(
        opt("", insert.withClause(), QueryPrinter::with),
        "INSERT INTO",
        relation(insert.relation()),
        SqlText.optParens(insert.cols(), QueryPrinter::targetColumn),
        overriding(insert.override()),
        query == null ? "DEFAULT VALUES" : select(query),
        opt("", insert.onConflictClause(), QueryPrinter::onConflict),
        returning(insert.returningList()));
  }

  private static String onConflict(OnConflictClause conflict) {
    return join(
        "ON CONFLICT",
        opt("", conflict.infer(), QueryPrinter::infer),
        conflict.action() == OnConflictClause.Action.NOTHING ? "DO NOTHING" : "DO UPDATE SET",
        assignments(conflict.targetList()),
        where(conflict.whereClause()));
  }

  private static String infer(InferClause infer) {
    return join(
        optName("ON CONSTRAINT", infer.conname()),
        SqlText.optParens(infer.indexElems(), TablePrinter::indexElem),
        where(infer.whereClause()));
  }

  /// The columns of one assignment to several stand together again.
  private static String assignments(List<ResTarget> targets) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      ResTarget target = targets.get(i);
      if (target.val() instanceof MultiAssignRef ref) {
        List<ResTarget> columns = targets.subList(i, i + ref.ncolumns());
        parts.add(
            parens(list(columns, QueryPrinter::targetColumn))
                + " = "
                + ExprPrinter.expr(ref.source()));
        i += ref.ncolumns() - 1;
      } else {
        parts.add(targetColumn(target) + opt(" =", target.val(), ExprPrinter::expr));
      }
    }
    return String.join(", ", parts);
  }

  private static String update(UpdateStmt update) {
    return join(
        opt("", update.withClause(), QueryPrinter::with),
        "UPDATE",
        relation(update.relation()),
        "SET",
        assignments(update.targetList()),
        from("FROM", update.fromClause()),
        where(update.whereClause()),
        returning(update.returningList()));
  }

  private static String delete(DeleteStmt delete) {
    return join(
        opt("", delete.withClause(), QueryPrinter::with),
        "DELETE FROM",
        relation(delete.relation()),
        from("USING", delete.usingClause()),
        where(delete.whereClause()),
        returning(delete.returningList()));
  }

  private static String merge(MergeStmt merge) {
    return join(
        opt("", merge.withClause(), QueryPrinter::with),
        "MERGE INTO",
        relation(merge.relation()),
        "USING",
        tableRef(merge.sourceRelation()),
        "ON",
        ExprPrinter.expr(merge.joinCondition()),
        words(merge.mergeWhenClauses(), QueryPrinter::mergeWhen),
        returning(merge.returningList()));
  }

  private static String mergeWhen(MergeWhenClause clause) {
    return join(
        "WHEN",
        SqlText.keyword(clause.matchKind()),
        opt("AND", clause.condition(), ExprPrinter::expr),
        "THEN",
        switch (clause.action()) {
          case NOTHING -> "DO NOTHING";
          case DELETE -> "DELETE";
          case UPDATE -> "UPDATE SET " + assignments(clause.targetList());
          case INSERT ->
              clause.values().isEmpty()
                  ? "INSERT DEFAULT VALUES"
                  : join(
                      "INSERT",
                      SqlText.optParens(clause.targetList(), QueryPrinter::targetColumn),
                      overriding(clause.override()),
                      "VALUES",
                      ExprPrinter.parenthesized(clause.values()));
        });
  }
}
