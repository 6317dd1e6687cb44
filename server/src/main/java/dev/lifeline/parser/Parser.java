package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Makes raw parse trees of SQL text: the entry to this package. What PostgreSQL's grammar refuses
/// is refused here with the same message at the same place. Stateless; may be called from any
/// thread.
public final class Parser {
  private Parser() {}

  /// The statements of a query string; empty ones are left out.
  public static List<RawStmt> parse(String sql) {
    return parse(sql.getBytes(StandardCharsets.UTF_8), LexerSettings.DEFAULT);
  }

  /// As [#parse(String)], for text that came in UTF-8 already.
  public static List<RawStmt> parse(byte[] utf8, LexerSettings settings) {
    Cursor cursor = new Cursor(Lexer.lex(utf8, settings));
    return guarded(() -> statements(cursor));
  }

  /// A lone expression, such as a column's default that a catalog keeps as text.
  public static Expr parseExpression(String text) {
    Cursor cursor =
        new Cursor(Lexer.lex(text.getBytes(StandardCharsets.UTF_8), LexerSettings.DEFAULT));
    return guarded(() -> {
      Expr expr = new Grammar(cursor).expr.aExpr();
      cursor.expect(EOF);
      return expr;
    });
  }

  /// A lone type name, as `regtype` and `format` functions take it.
  public static TypeName parseTypeName(String text) {
    Cursor cursor =
        new Cursor(Lexer.lex(text.getBytes(StandardCharsets.UTF_8), LexerSettings.DEFAULT));
    return guarded(() -> {
      TypeName type = new Grammar(cursor).type.typeName();
      cursor.expect(EOF);
      return type;
    });
  }

  private interface Production<T> {
    T parse();
  }

  /// The descent holds no lock and no shared state, so a statement that is nested too deeply may be
  /// given up at any depth; how deep that is depends on the thread's stack, as in PostgreSQL.
  private static <T> T guarded(Production<T> production) {
    try {
      return production.parse();
    } catch (StackOverflowError e) {
      throw PgException.error(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
  }

  private static List<RawStmt> statements(Cursor c) {
    Grammar grammar = new Grammar(c);
    List<RawStmt> statements = new ArrayList<>(1);
    int start = 0;
    while (true) {
      if (!c.at(';') && !c.at(EOF)) {
        Stmt stmt = statement(grammar, c);
        if (c.at(EOF)) {
          statements.add(new RawStmt(stmt, start, 0));
          return List.copyOf(statements);
        }
        int end = c.expect(';');
        statements.add(new RawStmt(stmt, start, end - start));
        start = end + 1;
      } else if (c.accept(EOF)) {
        return List.copyOf(statements);
      } else {
        start = c.expect(';') + 1;
      }
    }
  }

  private static Stmt statement(Grammar grammar, Cursor c) {
    return switch (c.peek()) {
      case SELECT, VALUES, TABLE, '(', WITH, WITH_LA, INSERT, UPDATE, DELETE, MERGE ->
          grammar.dml.preparableStmt();
      default -> grammar.utility().topLevelStmt();
    };
  }
}
