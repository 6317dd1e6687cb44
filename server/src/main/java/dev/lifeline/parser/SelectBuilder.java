package dev.lifeline.parser;

import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IntoClause;
import dev.lifeline.parser.tree.LimitOption;
import dev.lifeline.parser.tree.LockWaitPolicy;
import dev.lifeline.parser.tree.LockingClause;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.parser.tree.WithClause;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query while its clauses come in. ORDER BY and its like may come behind a query in parentheses
/// and then are a part of it (`insertSelectOptions`).
final class SelectBuilder {
  private boolean distinct;
  private List<Expr> distinctOn = List.of();
  private @Nullable IntoClause into;
  private List<ResTarget> targets = List.of();
  private List<TableRef> from = List.of();
  private @Nullable Expr where;
  private List<Expr> group = List.of();
  private boolean groupDistinct;
  private @Nullable Expr having;
  private List<WindowDef> windows = List.of();
  private List<List<Expr>> values = List.of();
  private List<SortBy> order = List.of();
  private @Nullable Expr limitOffset;
  private @Nullable Expr limitCount;
  private LimitOption limitOption = LimitOption.COUNT;
  private List<LockingClause> locking = List.of();
  private @Nullable WithClause with;
  private SetOperation op = SetOperation.NONE;
  private boolean all;
  private @Nullable SelectStmt left;
  private @Nullable SelectStmt right;

  SelectBuilder() {}

  SelectBuilder(SelectStmt query) {
    distinct = query.distinct();
    distinctOn = query.distinctOn();
    into = query.intoClause();
    targets = query.targetList();
    from = query.fromClause();
    where = query.whereClause();
    group = query.groupClause();
    groupDistinct = query.groupDistinct();
    having = query.havingClause();
    windows = query.windowClause();
    values = query.valuesLists();
    order = query.sortClause();
    limitOffset = query.limitOffset();
    limitCount = query.limitCount();
    limitOption = query.limitOption();
    locking = query.lockingClause();
    with = query.withClause();
    op = query.op();
    all = query.all();
    left = query.larg();
    right = query.rarg();
  }

  static SelectStmt setOperation(SetOperation op, boolean all, SelectStmt left, SelectStmt right) {
    SelectBuilder builder = new SelectBuilder();
    builder.op = op;
    builder.all = all;
    builder.left = left;
    builder.right = right;
    return builder.build();
  }

  SelectStmt build() {
    return new SelectStmt(
        distinct,
        distinctOn,
        into,
        targets,
        from,
        where,
        group,
        groupDistinct,
        having,
        windows,
        values,
        order,
        limitOffset,
        limitCount,
        limitOption,
        locking,
        with,
        op,
        all,
        left,
        right);
  }

  void distinct(List<Expr> on) {
    distinct = true;
    distinctOn = on;
  }

  void into(IntoClause clause) {
    into = clause;
  }

  void targets(List<ResTarget> list) {
    targets = list;
  }

  void from(List<? extends TableRef> list) {
    from = List.copyOf(list);
  }

  void where(Expr condition) {
    where = condition;
  }

  void group(List<Expr> items, boolean distinctSets) {
    group = items;
    groupDistinct = distinctSets;
  }

  void having(Expr condition) {
    having = condition;
  }

  void windows(List<WindowDef> definitions) {
    windows = definitions;
  }

  void values(List<List<Expr>> rows) {
    values = rows;
  }

  // ---- what may come twice, inside and outside parentheses

  void order(List<SortBy> items) {
    if (!order.isEmpty()) {
      throw Cursor.syntaxError(
          items.get(0).node().location(), "multiple ORDER BY clauses not allowed");
    }
    order = items;
  }

  void lock(List<LockingClause> clauses) {
    if (locking.isEmpty()) {
      locking = clauses;
    } else {
      List<LockingClause> both = new ArrayList<>(locking);
      both.addAll(clauses);
      locking = List.copyOf(both);
    }
  }

  void offset(Expr value) {
    newOffset = value;
  }

  void limit(Expr count, boolean ties) {
    newCount = count;
    newTies = ties;
  }

  private @Nullable Expr newOffset;
  private @Nullable Expr newCount;
  private boolean newTies;

  /// Takes over the limit, when all that may stand beside it is known.
  void checkLimit() {
    Expr offset = newOffset;
    Expr count = newCount;
    if (offset != null) {
      if (limitOffset != null) {
        throw Cursor.syntaxError(offset.location(), "multiple OFFSET clauses not allowed");
      }
      limitOffset = offset;
    }
    if (count != null) {
      if (limitCount != null) {
        throw Cursor.syntaxError(count.location(), "multiple LIMIT clauses not allowed");
      }
      limitCount = count;
    }
    if ((offset != null || count != null) && limitOption == LimitOption.WITH_TIES) {
      throw Cursor.syntaxError(-1, "multiple limit options not allowed");
    }
    if (newTies) {
      checkTies();
      limitOption = LimitOption.WITH_TIES;
    }
  }

  private void checkTies() {
    if (order.isEmpty()) {
      throw Cursor.syntaxError(-1, "WITH TIES cannot be specified without ORDER BY clause");
    }
    for (LockingClause lock : locking) {
      if (lock.waitPolicy() == LockWaitPolicy.SKIP) {
        throw Cursor.syntaxError(
            -1, "%s and %s options cannot be used together", "SKIP LOCKED", "WITH TIES");
      }
    }
  }

  void with(WithClause clause) {
    if (with != null) {
      throw Cursor.syntaxError(clause.location(), "multiple WITH clauses not allowed");
    }
    with = clause;
  }
}
