package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.LockClauseStrength;
import dev.lifeline.parser.tree.LockWaitPolicy;
import dev.lifeline.parser.tree.LockingClause;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.parser.tree.WindowFrame;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The clauses at a query's end that have a little grammar of their own: windows, and row locks.
final class WindowParser {
  private final Grammar g;
  private final Cursor c;

  WindowParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// `window_definition`
  WindowDef definition() {
    String name = c.colId();
    c.expect(AS);
    return specification(name);
  }

  /// `window_specification`
  WindowDef specification(@Nullable String name) {
    int location = c.expect('(');
    String existing = null;
    switch (c.peek()) {
      case PARTITION, RANGE, ROWS, GROUPS -> {}
      default -> {
        if (c.atColId()) {
          existing = c.colId();
        }
      }
    }
    List<Expr> partition = List.of();
    if (c.accept(PARTITION)) {
      c.expect(BY);
      partition = g.expr.exprList();
    }
    List<SortBy> order = g.select.optSortClause();
    WindowFrame frame = frame();
    c.expect(')');
    return new WindowDef(name, existing, partition, order, frame, location);
  }

  private record BoundAt(WindowFrame.Bound bound, @Nullable Expr offset, int location) {}

  private @Nullable WindowFrame frame() {
    WindowFrame.Mode mode;
    switch (c.peek()) {
      case RANGE -> mode = WindowFrame.Mode.RANGE;
      case ROWS -> mode = WindowFrame.Mode.ROWS;
      case GROUPS -> mode = WindowFrame.Mode.GROUPS;
      default -> {
        return null;
      }
    }
    c.advance();
    boolean between = c.at(BETWEEN) && !continuesColumn(c.peek(1));
    if (between) {
      c.advance();
    }
    if (between && c.at(BETWEEN)) {
      // Neither of the two can be told to be a column's name.
      throw c.unexpected();
    }
    BoundAt start = bound();
    BoundAt end = new BoundAt(WindowFrame.Bound.CURRENT_ROW, null, -1);
    if (between) {
      c.expect(AND);
      end = bound();
      checkBetween(start, end);
    } else {
      checkStart(start);
    }
    return new WindowFrame(
        mode, between, start.bound(), start.offset(), end.bound(), end.offset(), exclusion());
  }

  /// Whether what follows a word makes it a column's name.
  private static boolean continuesColumn(int kind) {
    return kind == '.'
        || kind == '['
        || kind == AND
        || (Precedence.of(kind) >= Precedence.IS_OP
            && kind < FIRST_KEYWORD
            && kind != '+'
            && kind != '-'
            && kind != OP);
  }

  private static void checkStart(BoundAt start) {
    if (start.bound() == WindowFrame.Bound.UNBOUNDED_FOLLOWING) {
      throw windowing(start, "frame start cannot be UNBOUNDED FOLLOWING");
    }
    if (start.bound() == WindowFrame.Bound.OFFSET_FOLLOWING) {
      throw windowing(start, "frame starting from following row cannot end with current row");
    }
  }

  private static void checkBetween(BoundAt start, BoundAt end) {
    if (start.bound() == WindowFrame.Bound.UNBOUNDED_FOLLOWING) {
      throw windowing(start, "frame start cannot be UNBOUNDED FOLLOWING");
    }
    if (end.bound() == WindowFrame.Bound.UNBOUNDED_PRECEDING) {
      throw windowing(end, "frame end cannot be UNBOUNDED PRECEDING");
    }
    if (start.bound() == WindowFrame.Bound.CURRENT_ROW
        && end.bound() == WindowFrame.Bound.OFFSET_PRECEDING) {
      throw windowing(end, "frame starting from current row cannot have preceding rows");
    }
    if (start.bound() == WindowFrame.Bound.OFFSET_FOLLOWING
        && (end.bound() == WindowFrame.Bound.OFFSET_PRECEDING
            || end.bound() == WindowFrame.Bound.CURRENT_ROW)) {
      throw windowing(end, "frame starting from following row cannot have preceding rows");
    }
  }

  private static PgException windowing(BoundAt bound, String message) {
    return PgException.error(SqlState.WINDOWING_ERROR, message).at(bound.location());
  }

  private BoundAt bound() {
    int location = c.location();
    if (c.at(UNBOUNDED) && (c.peek(1) == PRECEDING || c.peek(1) == FOLLOWING)) {
      c.advance();
      boolean preceding = c.at(PRECEDING);
      c.advance();
      return new BoundAt(
          preceding ? WindowFrame.Bound.UNBOUNDED_PRECEDING : WindowFrame.Bound.UNBOUNDED_FOLLOWING,
          null,
          location);
    }
    if (c.accept(CURRENT, ROW)) {
      return new BoundAt(WindowFrame.Bound.CURRENT_ROW, null, location);
    }
    Expr offset = g.expr.aExpr();
    if (c.accept(PRECEDING)) {
      return new BoundAt(WindowFrame.Bound.OFFSET_PRECEDING, offset, location);
    }
    c.expect(FOLLOWING);
    return new BoundAt(WindowFrame.Bound.OFFSET_FOLLOWING, offset, location);
  }

  private WindowFrame.Exclusion exclusion() {
    if (!c.accept(EXCLUDE)) {
      return WindowFrame.Exclusion.NONE;
    }
    return switch (c.peek()) {
      case CURRENT -> {
        c.expect(CURRENT, ROW);
        yield WindowFrame.Exclusion.CURRENT_ROW;
      }
      case GROUP -> {
        c.advance();
        yield WindowFrame.Exclusion.GROUP;
      }
      case TIES -> {
        c.advance();
        yield WindowFrame.Exclusion.TIES;
      }
      case NO -> {
        c.expect(NO, OTHERS);
        yield WindowFrame.Exclusion.NONE;
      }
      default -> throw c.unexpected();
    };
  }

  // ---- row locks

  /// `for_locking_clause`; `FOR READ ONLY` locks nothing.
  List<LockingClause> forLockingClause() {
    if (c.at(FOR, READ)) {
      c.expect(FOR, READ, ONLY);
      return List.of();
    }
    List<LockingClause> clauses = new ArrayList<>(1);
    while (c.accept(FOR)) {
      clauses.add(lockingItem());
    }
    return List.copyOf(clauses);
  }

  private LockingClause lockingItem() {
    LockClauseStrength strength;
    switch (c.peek()) {
      case UPDATE -> {
        c.advance();
        strength = LockClauseStrength.FOR_UPDATE;
      }
      case NO -> {
        c.expect(NO, KEY, UPDATE);
        strength = LockClauseStrength.FOR_NO_KEY_UPDATE;
      }
      case SHARE -> {
        c.advance();
        strength = LockClauseStrength.FOR_SHARE;
      }
      case KEY -> {
        c.expect(KEY, SHARE);
        strength = LockClauseStrength.FOR_KEY_SHARE;
      }
      default -> throw c.unexpected();
    }
    List<RangeVar> relations = List.of();
    if (c.accept(OF)) {
      relations = c.commaList(() -> c.qualifiedName(g));
    }
    LockWaitPolicy policy = LockWaitPolicy.BLOCK;
    if (c.accept(NOWAIT)) {
      policy = LockWaitPolicy.ERROR;
    } else if (c.accept(SKIP)) {
      c.expect(LOCKED);
      policy = LockWaitPolicy.SKIP;
    }
    return new LockingClause(relations, strength, policy);
  }
}
