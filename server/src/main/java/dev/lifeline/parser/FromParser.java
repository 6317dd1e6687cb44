package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Alias;
import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.JoinType;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.RangeFunction;
import dev.lifeline.parser.tree.RangeFunctionItem;
import dev.lifeline.parser.tree.RangeSubselect;
import dev.lifeline.parser.tree.RangeTableSample;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.TypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `from_list`: tables, functions, subqueries and their joins.
final class FromParser {
  private final Grammar g;
  private final Cursor c;

  FromParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  List<TableRef> fromList() {
    return c.commaList(this::tableRef);
  }

  /// `table_ref`
  TableRef tableRef() {
    TableRef left = single();
    while (atJoin()) {
      left = join(left);
    }
    return left;
  }

  private boolean atJoin() {
    return switch (c.peek()) {
      case JOIN, CROSS, LEFT, RIGHT, FULL, INNER, NATURAL -> true;
      default -> false;
    };
  }

  /// A join with what was read before it. Without a condition a join ends at its right side; with
  /// one, the right side goes on until the condition comes: `a JOIN b JOIN c ON ... ON ...`.
  private TableRef join(TableRef left) {
    if (c.accept(CROSS)) {
      c.expect(JOIN);
      return new JoinExpr(JoinType.INNER, false, left, single(), List.of(), null, null, null);
    }
    boolean natural = c.accept(NATURAL);
    JoinType type = joinType();
    c.expect(JOIN);
    TableRef right = single();
    if (natural) {
      return new JoinExpr(type, true, left, right, List.of(), null, null, null);
    }
    while (atJoin()) {
      right = join(right);
    }
    if (c.accept(USING)) {
      List<String> columns = c.parenthesized(c::colId);
      Alias alias = c.accept(AS) ? new Alias(c.colId(), List.of()) : null;
      return new JoinExpr(type, false, left, right, columns, alias, null, null);
    }
    c.expect(ON);
    return new JoinExpr(type, false, left, right, List.of(), null, g.expr.aExpr(), null);
  }

  private JoinType joinType() {
    JoinType type;
    switch (c.peek()) {
      case LEFT -> type = JoinType.LEFT;
      case RIGHT -> type = JoinType.RIGHT;
      case FULL -> type = JoinType.FULL;
      case INNER -> {
        c.advance();
        return JoinType.INNER;
      }
      default -> {
        return JoinType.INNER;
      }
    }
    c.advance();
    c.accept(OUTER);
    return type;
  }

  /// A `table_ref` that is no join, unless in parentheses.
  private TableRef single() {
    boolean lateral = c.accept(LATERAL);
    int kind = c.peek();
    if (kind == '(') {
      return lateral ? subselect(g.select.selectWithParens(), true) : fromParens();
    }
    if (kind == XMLTABLE && c.peek(1) == '(') {
      return new XmlParser(g).table(lateral);
    }
    if (kind == JSON_TABLE && c.peek(1) == '(') {
      return g.json().table(lateral);
    }
    if (kind == ROWS && c.peek(1) == FROM) {
      return rowsFrom(lateral);
    }
    if (lateral || g.function.atWindowless()) {
      Expr call = g.function.windowless();
      boolean ordinality = ordinality();
      return function(lateral, ordinality, false, List.of(new RangeFunctionItem(call, List.of())));
    }
    return relation();
  }

  private TableRef relation() {
    RangeVar relation = relationExpr();
    Alias alias = optAlias();
    if (alias != null) {
      relation = withAlias(relation, alias);
    }
    if (!c.at(TABLESAMPLE)) {
      return relation;
    }
    int location = c.advance();
    int nameLocation = c.location();
    List<String> method = functionName();
    if (!c.at('(')) {
      throw c.unexpected();
    }
    List<Expr> args = g.expr.parenthesizedList();
    Expr seed = null;
    if (c.accept(REPEATABLE)) {
      c.expect('(');
      seed = g.expr.aExpr();
      c.expect(')');
    }
    return new RangeTableSample(
        relation, method, args, seed, nameLocation >= 0 ? nameLocation : location);
  }

  /// `func_name`
  List<String> functionName() {
    int kind = c.peek();
    if (!Cursor.isColId(kind)) {
      return List.of(c.typeFunctionName());
    }
    String first = c.colId();
    if (c.at('.') || c.at('[')) {
      return c.namesOnly(first, g.expr.indirection());
    }
    if (!Cursor.isTypeFunctionName(kind)) {
      throw c.unexpected();
    }
    return List.of(first);
  }

  static RangeVar withAlias(RangeVar relation, Alias alias) {
    return new RangeVar(
        relation.catalogname(),
        relation.schemaname(),
        relation.relname(),
        relation.inh(),
        relation.relpersistence(),
        alias,
        relation.location());
  }

  /// `relation_expr`
  RangeVar relationExpr() {
    if (c.accept(ONLY)) {
      boolean parenthesized = c.accept('(');
      RangeVar relation = c.qualifiedName(g);
      if (parenthesized) {
        c.expect(')');
      }
      return new RangeVar(
          relation.catalogname(),
          relation.schemaname(),
          relation.relname(),
          false,
          relation.relpersistence(),
          null,
          relation.location());
    }
    RangeVar relation = c.qualifiedName(g);
    c.accept('*');
    return relation;
  }

  /// `relation_expr_opt_alias`: the word SET is the next clause and no alias.
  RangeVar relationExprOptAlias() {
    RangeVar relation = relationExpr();
    if (c.accept(AS) || (c.atColId() && !c.at(SET))) {
      return withAlias(relation, new Alias(c.colId(), List.of()));
    }
    return relation;
  }

  // ---- parentheses

  /// A subquery, or a join in parentheses.
  private TableRef fromParens() {
    Node inner = parens();
    return inner instanceof SelectStmt query
        ? subselect(query, false)
        : aliasedJoin((JoinExpr) inner);
  }

  private TableRef subselect(SelectStmt query, boolean lateral) {
    return new RangeSubselect(lateral, query, optAlias());
  }

  private TableRef aliasedJoin(JoinExpr join) {
    Alias alias = optAlias();
    if (alias == null) {
      return join;
    }
    return new JoinExpr(
        join.jointype(),
        join.isNatural(),
        join.larg(),
        join.rarg(),
        join.usingClause(),
        join.joinUsingAlias(),
        join.quals(),
        alias);
  }

  /// A query or a join, with all the parentheses around it.
  private Node parens() {
    c.expect('(');
    if (g.select.atSelect()) {
      SelectStmt query = g.select.selectNoParens();
      c.expect(')');
      return query;
    }
    TableRef left;
    if (c.at('(')) {
      Node inner = parens();
      if (inner instanceof SelectStmt query) {
        if (c.accept(')')) {
          return query;
        }
        if (g.select.continuesSelect()) {
          SelectStmt whole = g.select.continueSelect(query);
          c.expect(')');
          return whole;
        }
        left = subselect(query, false);
      } else {
        JoinExpr join = (JoinExpr) inner;
        if (c.accept(')')) {
          return join;
        }
        left = aliasedJoin(join);
      }
    } else {
      left = single();
    }
    if (!atJoin()) {
      throw c.unexpected();
    }
    while (atJoin()) {
      left = join(left);
    }
    c.expect(')');
    return left;
  }

  // ---- functions

  private TableRef rowsFrom(boolean lateral) {
    c.expect(ROWS, FROM);
    List<RangeFunctionItem> items =
        c.parenthesized(() -> {
          Expr call = g.function.windowless();
          List<ColumnDef> columns =
              c.accept(AS) ? c.parenthesized(this::tableFuncElement) : List.of();
          return new RangeFunctionItem(call, columns);
        });
    boolean ordinality = ordinality();
    return function(lateral, ordinality, true, items);
  }

  private boolean ordinality() {
    if (c.accept(WITH_LA)) {
      c.expect(ORDINALITY);
      return true;
    }
    return false;
  }

  /// With the `func_alias_clause`: the names of the columns, or definitions of them.
  private TableRef function(
      boolean lateral, boolean ordinality, boolean rowsFrom, List<RangeFunctionItem> items) {
    Alias alias = null;
    List<ColumnDef> columns = List.of();
    boolean as = c.accept(AS);
    if (as && c.at('(')) {
      columns = c.parenthesized(this::tableFuncElement);
    } else if (as || c.atColId()) {
      String name = c.colId();
      if (c.at('(') && c.peek(2) != ',' && c.peek(2) != ')') {
        columns = c.parenthesized(this::tableFuncElement);
        alias = new Alias(name, List.of());
      } else {
        alias = new Alias(name, c.optParenthesized(c::colId));
      }
    }
    return new RangeFunction(lateral, ordinality, rowsFrom, items, alias, columns);
  }

  /// `TableFuncElement`
  ColumnDef tableFuncElement() {
    int location = c.location();
    String name = c.colId();
    TypeName type = g.type.typeName();
    CollateClause collate = optCollateClause();
    return new ColumnDef(name, type, null, null, null, collate, List.of(), List.of(), location);
  }

  @Nullable CollateClause optCollateClause() {
    if (!c.at(COLLATE)) {
      return null;
    }
    int location = c.advance();
    return new CollateClause(null, c.anyName(), location);
  }

  // ---- aliases

  /// `opt_alias_clause`
  @Nullable Alias optAlias() {
    if (!c.accept(AS) && !c.atColId()) {
      return null;
    }
    String name = c.colId();
    return new Alias(name, c.optParenthesized(c::colId));
  }
}
