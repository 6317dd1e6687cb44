package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.SortByDir;
import dev.lifeline.parser.tree.SortByNulls;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Analyzes the windows of one level of a query, those of its WINDOW clause and those that stand
/// after OVER. Two OVER clauses that say the same are one window.
final class Windows {
  private final ParseState state;
  private final ExpressionAnalyzer expressions;

  Windows(ParseState state) {
    this.state = state;
    this.expressions = new ExpressionAnalyzer(state);
  }

  /// The WINDOW clause. A window may build upon one before it.
  void define(List<WindowDef> clause) {
    for (WindowDef definition : clause) {
      String name = definition.name();
      if (find(name) >= 0) {
        throw error("window \"%s\" is already defined", definition, name);
      }
      state.windows().add(analyze(definition));
    }
  }

  /// The number of the window that an OVER clause means.
  int over(WindowDef clause) {
    if (clause.name() != null) {
      return require(clause.name(), clause);
    }
    Window window = analyze(clause);
    int known = state.windows().indexOf(window);
    if (known >= 0) {
      return known;
    }
    state.windows().add(window);
    return state.windows().size() - 1;
  }

  private int find(@Nullable String name) {
    List<Window> windows = state.windows();
    for (int i = 0; i < windows.size(); i++) {
      if (name != null && Objects.equals(windows.get(i).name(), name)) {
        return i;
      }
    }
    return -1;
  }

  private int require(String name, WindowDef clause) {
    int found = find(name);
    if (found < 0) {
      throw PgException.error(SqlState.UNDEFINED_OBJECT, "window \"%s\" does not exist", name)
          .at(clause.location());
    }
    return found;
  }

  private Window analyze(WindowDef definition) {
    String refname = definition.refname();
    Window base = refname == null ? null : state.windows().get(require(refname, definition));
    List<SortKey> orderBy = orderBy(definition.orderClause());
    List<Expression> partitionBy = partitionBy(definition.partitionClause());
    if (base != null) {
      checkCopy(base, definition);
      partitionBy = base.partitionBy();
      orderBy = orderBy.isEmpty() ? base.orderBy() : orderBy;
    }
    boolean framed = definition.frame() != null;
    Window.Frame frame =
        definition.frame() == null
            ? Window.Frame.DEFAULT
            : new WindowFrames(expressions).analyze(definition.frame(), orderBy, definition);
    return new Window(definition.name(), partitionBy, orderBy, framed, frame);
  }

  private static void checkCopy(Window base, WindowDef definition) {
    String refname = definition.refname();
    if (!definition.partitionClause().isEmpty()) {
      throw error("cannot override PARTITION BY clause of window \"%s\"", definition, refname);
    }
    if (!definition.orderClause().isEmpty() && !base.orderBy().isEmpty()) {
      throw error("cannot override ORDER BY clause of window \"%s\"", definition, refname);
    }
    if (base.framed()) {
      PgException error =
          error("cannot copy window \"%s\" because it has a frame clause", definition, refname);
      boolean bare =
          definition.name() == null
              && definition.orderClause().isEmpty()
              && definition.frame() == null;
      throw bare ? error.hint("Omit the parentheses in this OVER clause.") : error;
    }
  }

  static PgException error(String message, WindowDef definition, @Nullable Object... args) {
    return PgException.error(SqlState.WINDOWING_ERROR, message, args).at(definition.location());
  }

  private List<Expression> partitionBy(List<Expr> items) {
    List<Expression> result = new ArrayList<>();
    for (Expr item : items) {
      Expression expr = key(item, ExprKind.WINDOW_PARTITION);
      expressions.requireEquality(expr.type(), item.location());
      if (!result.contains(expr)) {
        result.add(expr);
      }
    }
    return result;
  }

  private List<SortKey> orderBy(List<SortBy> items) {
    List<SortKey> result = new ArrayList<>();
    for (SortBy item : items) {
      if (item.dir() == SortByDir.USING) {
        throw PgException.notSupported("ORDER BY ... USING");
      }
      Expression expr = key(item.node(), ExprKind.WINDOW_ORDER);
      expressions.requireOrdering(expr.type(), item.node().location());
      boolean descending = item.dir() == SortByDir.DESC;
      boolean nullsFirst =
          item.nulls() == SortByNulls.DEFAULT ? descending : item.nulls() == SortByNulls.FIRST;
      if (result.stream().noneMatch(key -> key.expression().equals(expr))) {
        result.add(new SortKey(expr, descending, nullsFirst));
      }
    }
    return result;
  }

  private Expression key(Expr item, ExprKind kind) {
    return expressions.unknownToText(expressions.transform(item, kind));
  }
}
