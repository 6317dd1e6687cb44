package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.parser.tree.Alias;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.JoinType;
import dev.lifeline.parser.tree.JsonTable;
import dev.lifeline.parser.tree.LockingClause;
import dev.lifeline.parser.tree.RangeFunction;
import dev.lifeline.parser.tree.RangeFunctionItem;
import dev.lifeline.parser.tree.RangeSubselect;
import dev.lifeline.parser.tree.RangeTableFunc;
import dev.lifeline.parser.tree.RangeTableSample;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Analyzes a FROM clause: finds the relations, and puts their names into the level's scope.
final class FromClauses {
  private final ParseState state;
  private final Analysis analysis;

  FromClauses(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
  }

  /// Analyzes the items of a FROM clause. Those on the left are visible to those on the right only
  /// where these are LATERAL.
  List<FromItem> transform(List<TableRef> items) {
    List<FromItem> result = new ArrayList<>();
    List<Scope.Item> added = new ArrayList<>();
    for (TableRef item : items) {
      Joined joined = transform(item);
      for (Scope.Item scopeItem : joined.items) {
        scopeItem.lateralOnly = true;
        state.scope().add(scopeItem, -1);
        added.add(scopeItem);
      }
      result.add(joined.from);
    }
    added.forEach(scopeItem -> scopeItem.lateralOnly = false);
    DefinitionNames definition = analysis.definition();
    if (definition != null && !items.isEmpty()) {
      definition.fromClause(result.getFirst().first().id(), items);
    }
    return result;
  }

  /// A FROM item and the names that it brings.
  record Joined(FromItem from, List<Scope.Item> items) {}

  private Joined transform(TableRef item) {
    analysis.enter();
    try {
      return switch (item) {
        case RangeVar table -> entry(relation(table));
        case RangeSubselect subselect -> entry(subselect(subselect));
        case RangeFunction function -> entry(function(function));
        case JoinExpr join -> join(join);
        case RangeTableSample sample -> throw PgException.notSupported("TABLESAMPLE");
        case RangeTableFunc table -> throw PgException.notSupported("XMLTABLE");
        case JsonTable table -> throw PgException.notSupported("JSON_TABLE");
      };
    } finally {
      analysis.leave();
    }
  }

  private static Joined entry(Scope.Item item) {
    RangeEntry range = item.range;
    if (range == null) {
      throw new IllegalStateException("an item without an entry");
    }
    return new Joined(new FromItem.Entry(range), List.of(item));
  }

  private Scope.Item relation(RangeVar table) {
    if (table.schemaname() == null) {
      CommonTable common = state.scope().commonTable(table.relname(), table.location());
      if (common != null) {
        return commonTable(table, common);
      }
    }
    LockMode mode = isLocked(table) ? LockMode.ROW_SHARE : LockMode.ACCESS_SHARE;
    Relation relation = open(table, mode);
    if (relation.viewQuery() != null) {
      return view(table, relation);
    }
    analysis.use(relation, mode, Privilege.SELECT);
    RangeEntry.Table entry = tableEntry(relation, table.alias());
    note(table, relation, entry);
    return item(entry, relation, table.alias() == null);
  }

  private void note(RangeVar table, Relation relation, @Nullable RangeEntry entry) {
    DefinitionNames definition = analysis.definition();
    if (definition != null && entry != null) {
      definition.relation(table.location(), table.schemaname() != null, relation, entry.id());
    }
  }

  private Relation open(RangeVar table, LockMode mode) {
    checkDatabase(table);
    Relation relation;
    try {
      relation =
          analysis.catalog().open(table.schemaname(), table.relname(), table.location(), mode);
    } catch (PgException e) {
      if (e.sqlState() == SqlState.INSUFFICIENT_PRIVILEGE) {
        throw e.at(table.location());
      }
      throw table.schemaname() == null && state.scope().isFutureTable(table.relname())
          ? futureTable(e, table.relname())
          : e;
    }
    if (relation.kind() == RelKind.INDEX) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "cannot open relation \"%s\"", relation.name())
          .detail("This operation is not supported for indexes.")
          .at(table.location());
    }
    return relation;
  }

  private static PgException futureTable(PgException error, String name) {
    return error
        .detail(
            "There is a WITH item named \"%s\", but it cannot be referenced from this part of the"
                + " query.",
            name)
        .hint("Use WITH RECURSIVE, or re-order the WITH items to remove forward references.");
  }

  private void checkDatabase(RangeVar table) {
    String database = table.catalogname();
    if (database != null
        && !database.equals(analysis.catalog().databaseName(analysis.catalog().databaseOid()))) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cross-database references are not implemented: \"%s.%s.%s\"",
              database,
              table.schemaname(),
              table.relname())
          .at(table.location());
    }
  }

  private boolean isLocked(RangeVar table) {
    Alias alias = table.alias();
    String name = alias == null ? table.relname() : alias.aliasname();
    for (LockingClause clause : state.lockingClauses) {
      if (clause.lockedRels().isEmpty()
          || clause.lockedRels().stream().anyMatch(rel -> rel.relname().equals(name))) {
        return true;
      }
    }
    return false;
  }

  /// The target of INSERT, UPDATE or DELETE, locked for writing.
  Scope.Item target(RangeVar table, String command) {
    Relation relation = open(table, LockMode.ROW_EXCLUSIVE);
    if (relation.kind() == RelKind.VIEW) {
      throw PgException.notSupported(command + " on view \"" + relation.name() + "\"");
    }
    if (relation.kind() == RelKind.SEQUENCE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "cannot change sequence \"%s\"", relation.name());
    }
    if (relation.isVirtual()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied: \"%s\" is a system catalog",
          relation.name());
    }
    return item(tableEntry(relation, table.alias()), relation, table.alias() == null);
  }

  RangeEntry.Table tableEntry(Relation relation, @Nullable Alias alias) {
    int id = analysis.newRangeId();
    List<RangeColumn> columns = new ArrayList<>();
    int visible = 0;
    for (Relation.Column column : relation.columns()) {
      if (column.dropped()) {
        continue;
      }
      String name = aliasName(alias, visible++, column.name());
      columns.add(
          new RangeColumn(
              name,
              column.attnum(),
              column.typeOid(),
              column.typmod(),
              relation.oid(),
              column.attnum()));
    }
    checkAliasCount(alias, visible);
    String name = alias == null ? relation.name() : alias.aliasname();
    return analysis.add(new RangeEntry.Table(id, name, relation, columns));
  }

  /// The names of an entry, and for a table its system columns.
  static Scope.Item item(RangeEntry range, @Nullable Relation relation, boolean withSchema) {
    List<Scope.ScopeColumn> columns = new ArrayList<>();
    for (RangeColumn column : range.columns()) {
      columns.add(new Scope.ScopeColumn(column.name(), var(range, column), false));
    }
    if (relation != null && !relation.isVirtual()) {
      SystemColumns.addTo(columns, range);
    } else if (relation != null && relation.kind() == RelKind.TABLE) {
      SystemColumns.addTableOid(columns, range);
    }
    return new Scope.Item(
        relation != null && withSchema ? relation.namespace() : null,
        range.alias(),
        columns,
        range);
  }

  static Var var(RangeEntry range, RangeColumn column) {
    return new Var(
        range.id(), column.attnum(), 0, column.typeOid(), column.typmod(), ParseLoc.NONE);
  }

  private static String aliasName(@Nullable Alias alias, int index, String name) {
    return alias != null && index < alias.colnames().size() ? alias.colnames().get(index) : name;
  }

  private static void checkAliasCount(@Nullable Alias alias, int columns) {
    if (alias != null && alias.colnames().size() > columns) {
      throw PgException.error(
          SqlState.INVALID_COLUMN_REFERENCE,
          "table \"%s\" has %d columns available but %d columns specified",
          alias.aliasname(),
          columns,
          alias.colnames().size());
    }
  }

  private Scope.Item commonTable(RangeVar table, CommonTable common) {
    if (common.isWorkTable()) {
      RecursiveUnions.checkReference(table, common, analysis.recursion());
    }
    if (common.modifies() && common.query().outputs().isEmpty()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "WITH query \"%s\" does not have a RETURNING clause",
              common.name())
          .at(table.location());
    }
    common.reference();
    int id = analysis.newRangeId();
    Alias alias = table.alias();
    List<RangeColumn> columns = new ArrayList<>();
    List<Query.Output> outputs = common.query().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      String name = aliasName(alias, i, common.columnName(i));
      columns.add(column(name, i + 1, outputs.get(i)));
    }
    checkAliasCount(alias, outputs.size());
    String name = alias == null ? table.relname() : alias.aliasname();
    return item(analysis.add(new RangeEntry.Cte(id, name, common, columns)), null, false);
  }

  private static RangeColumn column(String name, int attnum, Query.Output output) {
    return new RangeColumn(
        name,
        attnum,
        output.expr().type(),
        output.expr().typmod(),
        output.tableOid(),
        output.attnum());
  }

  private Scope.Item view(RangeVar table, Relation view) {
    analysis.use(view, LockMode.ACCESS_SHARE, Privilege.SELECT);
    String source = view.viewQuery();
    if (source == null) {
      throw new IllegalStateException("no view: " + view.name());
    }
    Query query = analysis.asOwnerOf(view, () -> Analyzer.analyzeView(analysis, source));
    Scope.Item item = subquery(query, false, table.alias(), view.name(), view);
    note(table, view, item.range);
    return item;
  }

  private Scope.Item subselect(RangeSubselect subselect) {
    Alias alias = subselect.alias();
    if (alias == null) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "subquery in FROM must have an alias")
          .hint("For example, FROM (SELECT ...) [AS] foo.")
          .at(SelectAnalyzer.location(subselect.subquery()));
    }
    boolean before = state.scope().lateralActive;
    state.scope().lateralActive = subselect.lateral();
    ParseState inner = subselect.lateral() ? new ParseState(analysis, state) : detached();
    try {
      Query query = new SelectAnalyzer(inner).analyze(subselect.subquery());
      return subquery(query, subselect.lateral(), alias, alias.aliasname(), null);
    } finally {
      state.scope().lateralActive = before;
    }
  }

  /// The state for a subquery that may not see the items beside it, but what is around the level,
  /// and the level's WITH queries.
  private ParseState detached() {
    return new ParseState(analysis, state.withoutItems());
  }

  private Scope.Item subquery(
      Query query, boolean lateral, @Nullable Alias alias, String name, @Nullable Relation view) {
    int id = analysis.newRangeId();
    List<RangeColumn> columns = new ArrayList<>();
    List<Query.Output> outputs = query.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      String own = view == null ? outputs.get(i).name() : view.column(i + 1).name();
      columns.add(column(aliasName(alias, i, own), i + 1, outputs.get(i)));
    }
    checkAliasCount(alias, outputs.size());
    String known = alias == null ? name : alias.aliasname();
    return item(
        analysis.add(new RangeEntry.Subquery(id, known, query, lateral, columns)), null, false);
  }

  private Scope.Item function(RangeFunction function) {
    if (!function.coldeflist().isEmpty()
        || function.functions().stream().anyMatch(item -> !item.coldeflist().isEmpty())) {
      throw PgException.notSupported("a column definition list for a function in FROM");
    }
    boolean before = state.scope().lateralActive;
    state.scope().lateralActive = true;
    try {
      return function(function, function.alias());
    } finally {
      state.scope().lateralActive = before;
    }
  }

  private Scope.Item function(RangeFunction function, @Nullable Alias alias) {
    int id = analysis.newRangeId();
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    List<Expression> calls = new ArrayList<>();
    List<RangeColumn> columns = new ArrayList<>();
    String rangeName = alias == null ? null : alias.aliasname();
    List<RangeFunctionItem> items = severalArrays(function.functions());
    for (RangeFunctionItem item : items) {
      Expression call = expressions.transform(item.function(), ExprKind.FROM_FUNCTION);
      calls.add(call);
      String name = TargetLists.figureName(item.function());
      if (rangeName == null) {
        rangeName = name;
      }
      addFunctionColumns(columns, call, items.size() == 1, name, alias);
    }
    if (function.ordinality()) {
      int index = columns.size();
      columns.add(
          new RangeColumn(aliasName(alias, index, "ordinality"), index + 1, Types.INT8, -1, 0, 0));
    }
    String known = rangeName == null ? "function" : rangeName;
    checkAliasCount(alias, columns.size());
    return item(
        analysis.add(new RangeEntry.Function(id, known, calls, function.ordinality(), columns)),
        null,
        false);
  }

  /// `unnest` of several arrays is as many calls side by side.
  private static List<RangeFunctionItem> severalArrays(List<RangeFunctionItem> items) {
    List<RangeFunctionItem> single = new ArrayList<>();
    for (RangeFunctionItem item : items) {
      if (item.function() instanceof FuncCall call && unnestsSeveral(call)) {
        for (Expr array : call.args()) {
          single.add(new RangeFunctionItem(unnest(array, call.location()), List.of()));
        }
      } else {
        single.add(item);
      }
    }
    return single;
  }

  private static boolean unnestsSeveral(FuncCall call) {
    boolean plain =
        call.aggOrder().isEmpty()
            && call.aggFilter() == null
            && call.over() == null
            && !call.aggStar()
            && !call.aggDistinct()
            && !call.funcVariadic();
    return plain
        && call.args().size() > 1
        && (call.funcname().equals(List.of("unnest"))
            || call.funcname().equals(List.of("pg_catalog", "unnest")));
  }

  private static FuncCall unnest(Expr array, int location) {
    return new FuncCall(
        List.of("pg_catalog", "unnest"),
        List.of(array),
        List.of(),
        null,
        null,
        false,
        false,
        false,
        false,
        CoercionForm.EXPLICIT_CALL,
        location);
  }

  private static void addFunctionColumns(
      List<RangeColumn> columns,
      Expression call,
      boolean single,
      String name,
      @Nullable Alias alias) {
    List<FunctionColumns.Column> composite =
        call instanceof FuncExpr f ? FunctionColumns.of(f) : List.of();
    if (composite.isEmpty()) {
      String result = call instanceof FuncExpr f ? FunctionColumns.resultName(f) : null;
      String own = result != null ? result : alias != null && single ? alias.aliasname() : name;
      int index = columns.size();
      columns.add(
          new RangeColumn(
              aliasName(alias, index, own), index + 1, call.type(), call.typmod(), 0, 0));
      return;
    }
    for (FunctionColumns.Column column : composite) {
      int index = columns.size();
      columns.add(
          new RangeColumn(
              aliasName(alias, index, column.name()), index + 1, column.type(), -1, 0, 0));
    }
  }

  private Joined join(JoinExpr join) {
    Joined left = side(join, true, () -> transform(join.larg()));
    boolean lateralAllowed = join.jointype() == JoinType.INNER || join.jointype() == JoinType.LEFT;
    Joined right = side(join, false, () -> lateralRight(join.rarg(), left, lateralAllowed));
    return new Joins(state).join(join, left, right);
  }

  private Joined side(JoinExpr join, boolean left, Supplier<Joined> side) {
    boolean filledUp =
        switch (join.jointype()) {
          case INNER -> false;
          case FULL -> true;
          case LEFT -> !left;
          case RIGHT -> left;
        };
    return filledUp ? analysis.within(RecursionContext.OUTER_JOIN, side) : side.get();
  }

  /// The right side may refer to the left one where it is LATERAL.
  private Joined lateralRight(TableRef right, Joined left, boolean allowed) {
    Scope scope = state.scope();
    int mark = scope.items().size();
    for (Scope.Item item : left.items) {
      item.lateralOnly = true;
      item.lateralAllowed = allowed;
      scope.items().add(item);
    }
    Joined result = transform(right);
    scope.items().subList(mark, scope.items().size()).clear();
    for (Scope.Item item : left.items) {
      item.lateralOnly = false;
      item.lateralAllowed = true;
    }
    return result;
  }
}
