package dev.lifeline.tcop;

import dev.lifeline.parser.tree.Stmt;
import org.jspecify.annotations.Nullable;

/// One statement of a query's text, parsed and not yet analyzed.
public interface ParsedStatement {
  /// The text that it is part of, as the client sent it: what positions count in.
  String queryText();

  /// The statement's own part of that text.
  String text();

  /// Its parse tree.
  Stmt tree();

  /// What the session itself must do, or null for a statement that the engine executes.
  @Nullable TransactionCommand transaction();

  /// Whether it may run in a transaction that has failed: what ends it, and nothing else.
  default boolean allowedInFailedTransaction() {
    TransactionCommand command = transaction();
    return command != null && command.endsFailedTransaction();
  }
}
