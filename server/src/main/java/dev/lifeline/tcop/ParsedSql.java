package dev.lifeline.tcop;

import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.Stmt;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A statement as the parser has read it.
record ParsedSql(
    RawStmt raw, String queryText, String text, @Nullable TransactionCommand transaction)
    implements ParsedStatement {

  static ParsedSql of(RawStmt raw, String queryText) {
    return new ParsedSql(raw, queryText, cut(raw, queryText), TransactionCommands.of(raw.stmt()));
  }

  /// The tree's locations count bytes, so the text is cut as bytes.
  private static String cut(RawStmt raw, String queryText) {
    int start = raw.stmtLocation();
    int length = raw.stmtLen();
    if (start <= 0 && length == 0) {
      return queryText;
    }
    byte[] bytes = queryText.getBytes(StandardCharsets.UTF_8);
    int from = Math.max(0, start);
    int size = length == 0 ? bytes.length - from : length;
    return new String(bytes, from, size, StandardCharsets.UTF_8).strip();
  }

  @Override
  public Stmt tree() {
    return raw.stmt();
  }
}
