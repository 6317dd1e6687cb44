package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Alias;
import dev.lifeline.parser.tree.CurrentOfExpr;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IndexElem;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.InferClause;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.MergeMatchKind;
import dev.lifeline.parser.tree.MergeStmt;
import dev.lifeline.parser.tree.MergeWhenClause;
import dev.lifeline.parser.tree.MultiAssignRef;
import dev.lifeline.parser.tree.OnConflictClause;
import dev.lifeline.parser.tree.OverridingKind;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.UpdateStmt;
import dev.lifeline.parser.tree.WithClause;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// INSERT, UPDATE, DELETE and MERGE.
final class DmlParser {
  private final Grammar g;
  private final Cursor c;

  DmlParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// `PreparableStmt`
  PreparableStmt preparableStmt() {
    return switch (c.peek()) {
      case SELECT, TABLE, VALUES, '(' -> g.select.selectStmt();
      case WITH, WITH_LA -> {
        WithClause with = g.select.withClause();
        yield withClauseBehind(with);
      }
      default -> change(null);
    };
  }

  private PreparableStmt withClauseBehind(WithClause with) {
    return switch (c.peek()) {
      case INSERT, UPDATE, DELETE, MERGE -> change(with);
      default -> g.select.selectBehind(with);
    };
  }

  private PreparableStmt change(@Nullable WithClause with) {
    return switch (c.peek()) {
      case INSERT -> insert(with);
      case UPDATE -> update(with);
      case DELETE -> delete(with);
      case MERGE -> merge(with);
      default -> throw c.unexpected();
    };
  }

  // ---- INSERT

  private InsertStmt insert(@Nullable WithClause with) {
    c.expect(INSERT, INTO);
    RangeVar relation = c.qualifiedName(g);
    if (c.accept(AS)) {
      relation = FromParser.withAlias(relation, new Alias(c.colId(), List.of()));
    }
    List<ResTarget> columns = List.of();
    OverridingKind overriding = OverridingKind.NOT_SET;
    SelectStmt query = null;
    if (c.at(DEFAULT)) {
      c.expect(DEFAULT, VALUES);
    } else {
      if (c.at('(') && !atParenthesizedSelect()) {
        columns = c.parenthesized(this::insertColumn);
      }
      if (c.accept(OVERRIDING)) {
        overriding = overridingKind();
      }
      query = g.select.selectStmt();
    }
    OnConflictClause onConflict = c.at(ON) ? onConflict() : null;
    return new InsertStmt(relation, columns, query, onConflict, returning(), with, overriding);
  }

  private boolean atParenthesizedSelect() {
    return switch (c.peek(1)) {
      case SELECT, WITH, WITH_LA, TABLE, '(' -> true;
      case VALUES -> c.peek(2) == '(';
      default -> false;
    };
  }

  private ResTarget insertColumn() {
    int location = c.location();
    String name = c.colId();
    return new ResTarget(name, optIndirection(), null, location);
  }

  private List<Indirection> optIndirection() {
    return c.at('.') || c.at('[') ? g.expr.checkedIndirection() : List.of();
  }

  private OverridingKind overridingKind() {
    OverridingKind kind = OverridingKind.USER_VALUE;
    if (!c.accept(USER)) {
      c.expect(SYSTEM);
      kind = OverridingKind.SYSTEM_VALUE;
    }
    c.expect(VALUE);
    return kind;
  }

  private OnConflictClause onConflict() {
    int location = c.expect(ON, CONFLICT);
    InferClause infer = null;
    int inferLocation = c.location();
    if (c.at('(')) {
      List<IndexElem> elements = c.parenthesized(g.utility().indexes::indexElem);
      Expr where = c.accept(WHERE) ? g.expr.aExpr() : null;
      infer = new InferClause(elements, where, null, inferLocation);
    } else if (c.accept(ON)) {
      c.expect(CONSTRAINT);
      infer = new InferClause(List.of(), null, c.colId(), inferLocation);
    }
    c.expect(DO);
    if (c.accept(NOTHING)) {
      return new OnConflictClause(
          OnConflictClause.Action.NOTHING, infer, List.of(), null, location);
    }
    c.expect(UPDATE, SET);
    List<ResTarget> targets = setClauseList();
    Expr where = c.accept(WHERE) ? g.expr.aExpr() : null;
    return new OnConflictClause(OnConflictClause.Action.UPDATE, infer, targets, where, location);
  }

  private List<ResTarget> returning() {
    return c.accept(RETURNING) ? g.select.targetList() : List.of();
  }

  // ---- UPDATE

  private UpdateStmt update(@Nullable WithClause with) {
    c.expect(UPDATE);
    RangeVar relation = g.from.relationExprOptAlias();
    c.expect(SET);
    List<ResTarget> targets = setClauseList();
    List<TableRef> from = c.accept(FROM) ? g.from.fromList() : List.of();
    Expr where = whereOrCurrent();
    return new UpdateStmt(relation, targets, from, where, returning(), with);
  }

  private List<ResTarget> setClauseList() {
    List<ResTarget> targets = new ArrayList<>();
    do {
      setClause(targets);
    } while (c.accept(','));
    return List.copyOf(targets);
  }

  private void setClause(List<ResTarget> targets) {
    if (!c.at('(')) {
      ResTarget target = insertColumn();
      c.expect('=');
      targets.add(withValue(target, g.expr.aExpr()));
      return;
    }
    List<ResTarget> columns = c.parenthesized(this::insertColumn);
    c.expect('=');
    Expr source = g.expr.aExpr();
    int column = 1;
    for (ResTarget target : columns) {
      targets.add(
          withValue(
              target, new MultiAssignRef(source, column++, columns.size(), source.location())));
    }
  }

  private static ResTarget withValue(ResTarget target, Expr value) {
    return new ResTarget(target.name(), target.indirection(), value, target.location());
  }

  /// `where_or_current_clause`
  private @Nullable Expr whereOrCurrent() {
    if (!c.accept(WHERE)) {
      return null;
    }
    int location = c.location();
    if (c.accept(CURRENT, OF)) {
      return new CurrentOfExpr(c.colId(), location);
    }
    return g.expr.aExpr();
  }

  // ---- DELETE

  private DeleteStmt delete(@Nullable WithClause with) {
    c.expect(DELETE, FROM);
    RangeVar relation = g.from.relationExprOptAlias();
    List<TableRef> using = c.accept(USING) ? g.from.fromList() : List.of();
    Expr where = whereOrCurrent();
    return new DeleteStmt(relation, using, where, returning(), with);
  }

  // ---- MERGE

  private MergeStmt merge(@Nullable WithClause with) {
    c.expect(MERGE, INTO);
    RangeVar relation = g.from.relationExprOptAlias();
    c.expect(USING);
    TableRef source = g.from.tableRef();
    c.expect(ON);
    Expr condition = g.expr.aExpr();
    List<MergeWhenClause> clauses = new ArrayList<>();
    do {
      clauses.add(mergeWhen());
    } while (c.at(WHEN));
    return new MergeStmt(relation, source, condition, List.copyOf(clauses), returning(), with);
  }

  private MergeWhenClause mergeWhen() {
    c.expect(WHEN);
    MergeMatchKind match = MergeMatchKind.MATCHED;
    if (c.accept(NOT)) {
      c.expect(MATCHED);
      match = MergeMatchKind.NOT_MATCHED_BY_TARGET;
      if (c.accept(BY)) {
        if (c.accept(SOURCE)) {
          match = MergeMatchKind.NOT_MATCHED_BY_SOURCE;
        } else {
          c.expect(TARGET);
        }
      }
    } else {
      c.expect(MATCHED);
    }
    Expr condition = c.accept(AND) ? g.expr.aExpr() : null;
    c.expect(THEN);
    if (c.accept(DO)) {
      c.expect(NOTHING);
      return mergeAction(match, MergeWhenClause.Action.NOTHING, condition, List.of());
    }
    if (match == MergeMatchKind.NOT_MATCHED_BY_TARGET) {
      return mergeInsert(condition);
    }
    if (c.accept(DELETE)) {
      return mergeAction(match, MergeWhenClause.Action.DELETE, condition, List.of());
    }
    c.expect(UPDATE, SET);
    return mergeAction(match, MergeWhenClause.Action.UPDATE, condition, setClauseList());
  }

  private static MergeWhenClause mergeAction(
      MergeMatchKind match,
      MergeWhenClause.Action action,
      @Nullable Expr condition,
      List<ResTarget> targets) {
    return new MergeWhenClause(
        match, action, OverridingKind.NOT_SET, condition, targets, List.of());
  }

  private MergeWhenClause mergeInsert(@Nullable Expr condition) {
    c.expect(INSERT);
    List<ResTarget> columns = List.of();
    List<Expr> values = List.of();
    OverridingKind overriding = OverridingKind.NOT_SET;
    if (c.at(DEFAULT)) {
      c.expect(DEFAULT, VALUES);
    } else {
      if (c.at('(')) {
        columns = c.parenthesized(this::insertColumn);
      }
      if (c.accept(OVERRIDING)) {
        overriding = overridingKind();
      }
      c.expect(VALUES);
      values = g.expr.parenthesizedList();
    }
    return new MergeWhenClause(
        MergeMatchKind.NOT_MATCHED_BY_TARGET,
        MergeWhenClause.Action.INSERT,
        overriding,
        condition,
        columns,
        values);
  }
}
