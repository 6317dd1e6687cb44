package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.CommonTableExpr;
import dev.lifeline.parser.tree.CteCycleClause;
import dev.lifeline.parser.tree.CteMaterialize;
import dev.lifeline.parser.tree.CteSearchClause;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.GroupingSet;
import dev.lifeline.parser.tree.IntoClause;
import dev.lifeline.parser.tree.OnCommitAction;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.SortByDir;
import dev.lifeline.parser.tree.SortByNulls;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.parser.tree.WithClause;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `SelectStmt`: queries and their clauses.
final class SelectParser {
  private final Grammar g;
  private final Cursor c;
  private final WindowParser windows;

  SelectParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
    this.windows = new WindowParser(g);
  }

  /// Whether a query starts here that is not in parentheses.
  boolean atSelect() {
    return switch (c.peek()) {
      case SELECT, WITH, WITH_LA, TABLE -> true;
      case VALUES -> c.peek(1) == '(';
      default -> false;
    };
  }

  /// Whether what follows a query in parentheses makes it a part of a larger one.
  boolean continuesSelect() {
    return switch (c.peek()) {
      case UNION, INTERSECT, EXCEPT, ORDER, LIMIT, OFFSET, FETCH, FOR -> true;
      default -> false;
    };
  }

  /// Whether an output column cannot go on with this token. CREATE and GRANT start the next element
  /// of a schema, behind a view.
  static boolean endsTarget(int kind) {
    return switch (kind) {
      case EOF,
          ',',
          ')',
          ';',
          FROM,
          INTO,
          WHERE,
          GROUP,
          HAVING,
          WINDOW,
          UNION,
          INTERSECT,
          EXCEPT,
          ORDER,
          LIMIT,
          OFFSET,
          FETCH,
          FOR,
          ON,
          WITH,
          RETURNING,
          CREATE,
          GRANT,
          FORMAT_LA ->
          true;
      default -> false;
    };
  }

  // ---- the whole query

  /// `SelectStmt`
  SelectStmt selectStmt() {
    if (!c.at('(')) {
      return selectNoParens();
    }
    SelectStmt query = selectWithParens();
    return continuesSelect() ? continueSelect(query) : query;
  }

  SelectStmt selectWithParens() {
    c.expect('(');
    SelectStmt query = selectStmt();
    c.expect(')');
    return query;
  }

  SelectStmt selectNoParens() {
    WithClause with = c.at(WITH) || c.at(WITH_LA) ? withClause() : null;
    return options(selectClause(0), with);
  }

  /// A query whose WITH clause has been read.
  SelectStmt selectBehind(WithClause with) {
    return options(selectClause(0), with);
  }

  /// A query whose first arm was in parentheses, and has been read.
  SelectStmt continueSelect(SelectStmt first) {
    return options(setOperations(first, 0), null);
  }

  private SelectStmt selectClause(int precedenceMin) {
    SelectStmt first = c.at('(') ? selectWithParens() : simpleSelect();
    return setOperations(first, precedenceMin);
  }

  /// INTERSECT binds more tightly than UNION and EXCEPT.
  private SelectStmt setOperations(SelectStmt left, int precedenceMin) {
    while (true) {
      SetOperation op;
      int precedence = 1;
      switch (c.peek()) {
        case UNION -> op = SetOperation.UNION;
        case EXCEPT -> op = SetOperation.EXCEPT;
        case INTERSECT -> {
          op = SetOperation.INTERSECT;
          precedence = 2;
        }
        default -> {
          return left;
        }
      }
      if (precedence < precedenceMin) {
        return left;
      }
      c.advance();
      boolean all = setQuantifier();
      SelectStmt right = selectClause(precedence + 1);
      left = SelectBuilder.setOperation(op, all, left, right);
    }
  }

  /// `set_quantifier`: whether it is ALL.
  private boolean setQuantifier() {
    if (c.accept(ALL)) {
      return true;
    }
    c.accept(DISTINCT);
    return false;
  }

  /// ORDER BY, LIMIT and their like behind a query.
  private SelectStmt options(SelectStmt query, @Nullable WithClause with) {
    int kind = c.peek();
    boolean locks = kind == FOR;
    if (with == null && !locks && kind != ORDER && !atLimit()) {
      return query;
    }
    SelectBuilder builder = new SelectBuilder(query);
    if (kind == ORDER) {
      builder.order(sortClause());
    }
    if (c.at(FOR)) {
      builder.lock(windows.forLockingClause());
      if (atLimit()) {
        limit(builder);
      }
    } else if (atLimit()) {
      limit(builder);
      if (c.at(FOR)) {
        builder.lock(windows.forLockingClause());
      }
    }
    builder.checkLimit();
    if (with != null) {
      builder.with(with);
    }
    return builder.build();
  }

  private boolean atLimit() {
    int kind = c.peek();
    return kind == LIMIT || kind == OFFSET || kind == FETCH;
  }

  /// `select_limit`: a limit and an offset in either order.
  private void limit(SelectBuilder builder) {
    boolean offsetFirst = c.at(OFFSET);
    if (offsetFirst) {
      offset(builder);
    } else {
      limitClause(builder);
    }
    if (offsetFirst && (c.at(LIMIT) || c.at(FETCH))) {
      limitClause(builder);
    } else if (!offsetFirst && c.at(OFFSET)) {
      offset(builder);
    }
  }

  private void limitClause(SelectBuilder builder) {
    int location = c.location();
    if (c.accept(LIMIT)) {
      int at = c.location();
      Expr count = c.accept(ALL) ? new AConst(new Value.Null(), at) : g.expr.aExpr();
      if (c.accept(',')) {
        g.expr.aExpr();
        throw Cursor.syntaxError(location, "LIMIT #,# syntax is not supported")
            .hint("Use separate LIMIT and OFFSET clauses.");
      }
      builder.limit(count, false);
      return;
    }
    c.expect(FETCH);
    if (!c.accept(FIRST)) {
      c.expect(NEXT);
    }
    Expr count = null;
    if (!atRowsOnly()) {
      count = fetchValue();
    }
    if (!c.accept(ROW)) {
      c.expect(ROWS);
    }
    boolean ties = false;
    if (c.accept(WITH)) {
      c.expect(TIES);
      ties = true;
    } else {
      c.expect(ONLY);
    }
    builder.limit(count == null ? TypeParser.intConst(1, -1) : count, ties);
  }

  private boolean atRowsOnly() {
    return (c.at(ROW) || c.at(ROWS)) && (c.peek(1) == ONLY || c.peek(1) == WITH);
  }

  /// `select_fetch_first_value`
  private Expr fetchValue() {
    if (c.at('+') || c.at('-')) {
      boolean minus = c.at('-');
      int location = c.advance();
      if (!c.at(ICONST) && !c.at(FCONST)) {
        throw c.unexpected();
      }
      return g.expr.signed(minus, g.expr.cExpr(), location);
    }
    return g.expr.cExpr();
  }

  private void offset(SelectBuilder builder) {
    c.expect(OFFSET);
    boolean number = c.peek(1) == ICONST || c.peek(1) == FCONST;
    boolean signed = (c.at('+') || c.at('-')) && number;
    int start = c.position();
    Expr value = g.expr.aExpr();
    if (c.at(ROW) || c.at(ROWS)) {
      if (!g.expr.wasSingle() && !(signed && c.position() - start == 2)) {
        throw c.unexpected();
      }
      c.advance();
    }
    builder.offset(value);
  }

  // ---- simple_select

  private SelectStmt simpleSelect() {
    return switch (c.peek()) {
      case SELECT -> select();
      case VALUES -> {
        c.advance();
        SelectBuilder builder = new SelectBuilder();
        builder.values(c.commaList(g.expr::parenthesizedList));
        yield builder.build();
      }
      case TABLE -> {
        c.advance();
        SelectBuilder builder = new SelectBuilder();
        ColumnRef star = new ColumnRef(List.of(), true, -1);
        builder.targets(List.of(new ResTarget(null, List.of(), star, -1)));
        builder.from(List.of(g.from.relationExpr()));
        yield builder.build();
      }
      default -> throw c.unexpected();
    };
  }

  private SelectStmt select() {
    c.expect(SELECT);
    SelectBuilder builder = new SelectBuilder();
    if (c.accept(DISTINCT)) {
      builder.distinct(c.accept(ON) ? g.expr.parenthesizedList() : List.of());
      builder.targets(targetList());
    } else {
      c.accept(ALL);
      if (!endsTarget(c.peek())) {
        builder.targets(targetList());
      }
    }
    if (c.at(INTO)) {
      builder.into(intoClause());
    }
    if (c.accept(FROM)) {
      builder.from(g.from.fromList());
    }
    if (c.accept(WHERE)) {
      builder.where(g.expr.aExpr());
    }
    if (c.accept(GROUP)) {
      c.expect(BY);
      boolean distinct = !c.accept(ALL) && c.accept(DISTINCT);
      builder.group(c.commaList(this::groupByItem), distinct);
    }
    if (c.accept(HAVING)) {
      builder.having(g.expr.aExpr());
    }
    if (c.accept(WINDOW)) {
      builder.windows(c.commaList(windows::definition));
    }
    return builder.build();
  }

  /// `target_list`
  List<ResTarget> targetList() {
    return c.commaList(this::target);
  }

  private ResTarget target() {
    int location = c.location();
    if (c.accept('*')) {
      return new ResTarget(null, List.of(), new ColumnRef(List.of(), true, location), location);
    }
    Expr value = g.expr.targetExpr();
    String name = null;
    if (c.accept(AS)) {
      name = c.colLabel();
    } else if (Cursor.isBareColLabel(c.peek())) {
      name = c.text();
    }
    return new ResTarget(name, List.of(), value, location);
  }

  private IntoClause intoClause() {
    c.expect(INTO);
    Persistence persistence = Persistence.PERMANENT;
    int kind = c.peek();
    int next = c.peek(1);
    boolean named = next == TABLE || Cursor.isColId(next);
    if ((kind == TEMPORARY || kind == TEMP) && named) {
      c.advance();
      persistence = Persistence.TEMP;
    } else if ((kind == LOCAL || kind == GLOBAL) && (next == TEMPORARY || next == TEMP)) {
      if (kind == GLOBAL) {
        warnGlobal(c, c.location());
      }
      c.advance();
      c.advance();
      persistence = Persistence.TEMP;
    } else if (kind == UNLOGGED && named) {
      c.advance();
      persistence = Persistence.UNLOGGED;
    }
    c.accept(TABLE);
    RangeVar name = withPersistence(c.qualifiedName(g), persistence);
    return new IntoClause(name, List.of(), null, List.of(), OnCommitAction.NOOP, null, false);
  }

  static RangeVar withPersistence(RangeVar relation, Persistence persistence) {
    return new RangeVar(
        relation.catalogname(),
        relation.schemaname(),
        relation.relname(),
        relation.inh(),
        persistence,
        relation.alias(),
        relation.location());
  }

  static void warnGlobal(Cursor c, int location) {
    c.lexer.settings.notice(
        new PgException(
                Severity.WARNING,
                SqlState.WARNING,
                "GLOBAL is deprecated in temporary table creation")
            .at(location));
  }

  private Expr groupByItem() {
    int location = c.location();
    switch (c.peek()) {
      case '(' -> {
        if (c.accept('(', ')')) {
          return new GroupingSet(GroupingSet.Kind.EMPTY, List.of(), location);
        }
      }
      case CUBE, ROLLUP -> {
        boolean cube = c.at(CUBE);
        if (c.peek(1) == '(') {
          c.advance();
          return new GroupingSet(
              cube ? GroupingSet.Kind.CUBE : GroupingSet.Kind.ROLLUP,
              g.expr.parenthesizedList(),
              location);
        }
      }
      case GROUPING -> {
        if (c.accept(GROUPING, SETS)) {
          return new GroupingSet(
              GroupingSet.Kind.SETS, c.parenthesized(this::groupByItem), location);
        }
      }
      default -> {}
    }
    return g.expr.aExpr();
  }

  // ---- ORDER BY

  List<SortBy> optSortClause() {
    return c.at(ORDER) ? sortClause() : List.of();
  }

  List<SortBy> sortClause() {
    c.expect(ORDER, BY);
    return c.commaList(this::sortBy);
  }

  private SortBy sortBy() {
    Expr node = g.expr.aExpr();
    if (c.at(USING)) {
      c.advance();
      int location = c.location();
      List<String> operator = g.expr.operators().qualAllOp();
      return new SortBy(node, SortByDir.USING, nullsOrder(), operator, location);
    }
    SortByDir direction = ascDesc();
    return new SortBy(node, direction, nullsOrder(), List.of(), -1);
  }

  /// `opt_asc_desc`
  SortByDir ascDesc() {
    if (c.accept(ASC)) {
      return SortByDir.ASC;
    }
    return c.accept(DESC) ? SortByDir.DESC : SortByDir.DEFAULT;
  }

  /// `opt_nulls_order`
  SortByNulls nullsOrder() {
    if (!c.accept(NULLS_LA)) {
      return SortByNulls.DEFAULT;
    }
    if (c.accept(FIRST)) {
      return SortByNulls.FIRST;
    }
    c.expect(LAST);
    return SortByNulls.LAST;
  }

  WindowDef windowSpecification(@Nullable String name) {
    return windows.specification(name);
  }

  // ---- WITH

  WithClause withClause() {
    int location = c.advance();
    boolean recursive = c.at(RECURSIVE) && c.peek(1) != AS && c.peek(1) != '(';
    if (recursive) {
      c.advance();
    }
    return new WithClause(c.commaList(this::commonTableExpr), recursive, location);
  }

  private CommonTableExpr commonTableExpr() {
    int location = c.location();
    String name = c.colId();
    List<String> columns = c.optParenthesized(c::colId);
    c.expect(AS);
    CteMaterialize materialize = CteMaterialize.DEFAULT;
    if (c.accept(MATERIALIZED)) {
      materialize = CteMaterialize.ALWAYS;
    } else if (c.accept(NOT)) {
      c.expect(MATERIALIZED);
      materialize = CteMaterialize.NEVER;
    }
    c.expect('(');
    PreparableStmt query = g.dml.preparableStmt();
    c.expect(')');
    CteSearchClause search = c.at(SEARCH) ? searchClause() : null;
    CteCycleClause cycle = c.at(CYCLE) ? cycleClause() : null;
    return new CommonTableExpr(name, columns, materialize, query, search, cycle, location);
  }

  private CteSearchClause searchClause() {
    int location = c.expect(SEARCH);
    boolean breadth = c.accept(BREADTH);
    if (!breadth) {
      c.expect(DEPTH);
    }
    c.expect(FIRST, BY);
    List<String> columns = c.nameList();
    c.expect(SET);
    return new CteSearchClause(columns, breadth, c.colId(), location);
  }

  private CteCycleClause cycleClause() {
    int location = c.expect(CYCLE);
    List<String> columns = c.nameList();
    c.expect(SET);
    String mark = c.colId();
    Expr value = null;
    Expr otherwise = null;
    if (c.accept(TO)) {
      value = constant();
      c.expect(DEFAULT);
      otherwise = constant();
    }
    c.expect(USING);
    return new CteCycleClause(columns, mark, value, otherwise, c.colId(), location);
  }

  /// `AexprConst`
  private Expr constant() {
    return switch (c.peek()) {
      case ICONST, FCONST, SCONST, BCONST, XCONST, TRUE, FALSE, NULL -> g.expr.cExpr();
      default -> g.expr.typedConstantOnly();
    };
  }
}
