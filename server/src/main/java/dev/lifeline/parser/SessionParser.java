package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.ClosePortalStmt;
import dev.lifeline.parser.tree.DeallocateStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DiscardStmt;
import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.parser.tree.ListenStmt;
import dev.lifeline.parser.tree.NotifyStmt;
import dev.lifeline.parser.tree.PrepareStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TransactionStmt;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.UnlistenStmt;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a session does with itself: transactions, prepared statements, cursors, notifications.
final class SessionParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  SessionParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  // ---- transactions

  Stmt begin() {
    int location = c.expect(BEGIN);
    optTransaction();
    return transaction(TransactionStmt.Kind.BEGIN, u.settings.optTransactionModes(), location);
  }

  Stmt end() {
    int location = c.expect(END);
    optTransaction();
    return chained(TransactionStmt.Kind.COMMIT, location);
  }

  Stmt transactionStmt() {
    int kind = c.peek();
    int location = c.advance();
    return switch (kind) {
      case START -> {
        c.expect(TRANSACTION);
        yield transaction(TransactionStmt.Kind.START, u.settings.optTransactionModes(), location);
      }
      case ABORT -> {
        optTransaction();
        yield chained(TransactionStmt.Kind.ROLLBACK, location);
      }
      case COMMIT -> {
        if (c.accept(PREPARED)) {
          yield prepared(TransactionStmt.Kind.COMMIT_PREPARED, location);
        }
        optTransaction();
        yield chained(TransactionStmt.Kind.COMMIT, location);
      }
      case ROLLBACK -> {
        if (c.accept(PREPARED)) {
          yield prepared(TransactionStmt.Kind.ROLLBACK_PREPARED, location);
        }
        optTransaction();
        if (c.accept(TO)) {
          skipSavepoint();
          yield savepoint(TransactionStmt.Kind.ROLLBACK_TO);
        }
        yield chained(TransactionStmt.Kind.ROLLBACK, location);
      }
      case SAVEPOINT -> savepoint(TransactionStmt.Kind.SAVEPOINT);
      default -> {
        skipSavepoint();
        yield savepoint(TransactionStmt.Kind.RELEASE);
      }
    };
  }

  /// The word SAVEPOINT, unless it is the name of one.
  private void skipSavepoint() {
    if (c.at(SAVEPOINT) && Cursor.isColId(c.peek(1))) {
      c.advance();
    }
  }

  private void optTransaction() {
    if (!c.accept(WORK)) {
      c.accept(TRANSACTION);
    }
  }

  private static TransactionStmt transaction(
      TransactionStmt.Kind kind, List<DefElem> options, int location) {
    return new TransactionStmt(kind, options, null, null, false, location);
  }

  private TransactionStmt chained(TransactionStmt.Kind kind, int location) {
    boolean chain = false;
    if (c.accept(AND)) {
      chain = !c.accept(NO);
      c.expect(CHAIN);
    }
    return new TransactionStmt(kind, List.of(), null, null, chain, location);
  }

  private TransactionStmt prepared(TransactionStmt.Kind kind, int location) {
    return new TransactionStmt(kind, List.of(), null, c.sconst(), false, location);
  }

  private TransactionStmt savepoint(TransactionStmt.Kind kind) {
    int location = c.location();
    return new TransactionStmt(kind, List.of(), c.colId(), null, false, location);
  }

  // ---- prepared statements

  Stmt prepare() {
    int location = c.expect(PREPARE);
    if (c.at(TRANSACTION, SCONST)) {
      c.advance();
      return prepared(TransactionStmt.Kind.PREPARE, location);
    }
    String name = c.colId();
    List<TypeName> types = c.optParenthesized(g.type::typeName);
    c.expect(AS);
    return new PrepareStmt(name, types, g.dml.preparableStmt());
  }

  ExecuteStmt execute() {
    c.expect(EXECUTE);
    String name = c.colId();
    List<Expr> params = c.optParenthesized(g.expr::aExpr);
    return new ExecuteStmt(name, params);
  }

  Stmt deallocate() {
    c.expect(DEALLOCATE);
    if (c.at(PREPARE) && (Cursor.isColId(c.peek(1)) || c.peek(1) == ALL)) {
      c.advance();
    }
    if (c.accept(ALL)) {
      return new DeallocateStmt(null, -1);
    }
    int location = c.location();
    return new DeallocateStmt(c.colId(), location);
  }

  // ---- cursors

  Stmt declareCursor() {
    c.expect(DECLARE);
    String name = c.colId();
    Set<DeclareCursorStmt.Option> options = EnumSet.noneOf(DeclareCursorStmt.Option.class);
    while (!c.at(CURSOR)) {
      options.add(cursorOption());
    }
    c.expect(CURSOR);
    if (c.accept(WITH)) {
      c.expect(HOLD);
      options.add(DeclareCursorStmt.Option.HOLD);
    } else if (c.accept(WITHOUT)) {
      c.expect(HOLD);
    }
    c.expect(FOR);
    return new DeclareCursorStmt(name, Set.copyOf(options), g.select.selectStmt());
  }

  private DeclareCursorStmt.Option cursorOption() {
    if (c.accept(NO)) {
      c.expect(SCROLL);
      return DeclareCursorStmt.Option.NO_SCROLL;
    }
    DeclareCursorStmt.Option option =
        switch (c.peek()) {
          case SCROLL -> DeclareCursorStmt.Option.SCROLL;
          case BINARY -> DeclareCursorStmt.Option.BINARY;
          case ASENSITIVE -> DeclareCursorStmt.Option.ASENSITIVE;
          case INSENSITIVE -> DeclareCursorStmt.Option.INSENSITIVE;
          default -> throw c.unexpected();
        };
    c.advance();
    return option;
  }

  /// FETCH and MOVE. Most of the words in them may be a cursor's name as well, and are where
  /// nothing follows that only a direction may have.
  Stmt fetch() {
    boolean move = c.at(MOVE);
    c.advance();
    int kind = c.peek();
    if (c.atSignedIconst() || c.at('+') || c.at('-')) {
      return fetch(FetchStmt.Direction.FORWARD, c.signedIconst(), move);
    }
    if (c.accept(ALL)) {
      return fetch(FetchStmt.Direction.FORWARD, Long.MAX_VALUE, move);
    }
    int next = c.peek(1);
    boolean sourceFollows = next == FROM || next == IN || Cursor.isColId(next);
    boolean numberFollows = next == ICONST || next == '+' || next == '-';
    switch (kind) {
      case NEXT, PRIOR, FIRST, LAST -> {
        if (sourceFollows) {
          c.advance();
          return switch (kind) {
            case NEXT -> fetch(FetchStmt.Direction.FORWARD, 1, move);
            case PRIOR -> fetch(FetchStmt.Direction.BACKWARD, 1, move);
            case FIRST -> fetch(FetchStmt.Direction.ABSOLUTE, 1, move);
            default -> fetch(FetchStmt.Direction.ABSOLUTE, -1, move);
          };
        }
      }
      case ABSOLUTE, RELATIVE -> {
        if (numberFollows) {
          c.advance();
          FetchStmt.Direction direction =
              kind == ABSOLUTE ? FetchStmt.Direction.ABSOLUTE : FetchStmt.Direction.RELATIVE;
          return fetch(direction, c.signedIconst(), move);
        }
      }
      case FORWARD, BACKWARD -> {
        if (sourceFollows || numberFollows || next == ALL) {
          c.advance();
          long count = 1;
          if (numberFollows) {
            count = c.signedIconst();
          } else if (c.accept(ALL)) {
            count = Long.MAX_VALUE;
          }
          FetchStmt.Direction direction =
              kind == FORWARD ? FetchStmt.Direction.FORWARD : FetchStmt.Direction.BACKWARD;
          return fetch(direction, count, move);
        }
      }
      default -> {}
    }
    return fetch(FetchStmt.Direction.FORWARD, 1, move);
  }

  private FetchStmt fetch(FetchStmt.Direction direction, long count, boolean move) {
    if (!c.accept(FROM)) {
      c.accept(IN);
    }
    return new FetchStmt(direction, count, c.colId(), move);
  }

  Stmt close() {
    c.expect(CLOSE);
    return new ClosePortalStmt(c.accept(ALL) ? null : c.colId());
  }

  // ---- the rest

  Stmt notification() {
    int kind = c.peek();
    c.advance();
    return switch (kind) {
      case LISTEN -> new ListenStmt(c.colId());
      case UNLISTEN -> new UnlistenStmt(c.accept('*') ? null : c.colId());
      default -> {
        String channel = c.colId();
        @Nullable String payload = c.accept(',') ? c.sconst() : null;
        yield new NotifyStmt(channel, payload);
      }
    };
  }

  Stmt discard() {
    c.expect(DISCARD);
    DiscardStmt.Target target =
        switch (c.peek()) {
          case ALL -> DiscardStmt.Target.ALL;
          case TEMP, TEMPORARY -> DiscardStmt.Target.TEMP;
          case PLANS -> DiscardStmt.Target.PLANS;
          case SEQUENCES -> DiscardStmt.Target.SEQUENCES;
          default -> throw c.unexpected();
        };
    c.advance();
    return new DiscardStmt(target);
  }
}
