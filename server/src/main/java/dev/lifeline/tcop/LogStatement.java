package dev.lifeline.tcop;

import dev.lifeline.parser.tree.CopyStmt;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.parser.tree.ExplainStmt;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.MergeStmt;
import dev.lifeline.parser.tree.PrepareStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TruncateStmt;
import dev.lifeline.parser.tree.UpdateStmt;
import java.util.List;
import java.util.Locale;

/// The values of `log_statement`, in their order: each logs what the ones before it log, too.
enum LogStatement {
  NONE,
  DDL,
  MOD,
  ALL;

  /// How the parse trees of definitions are named.
  private static final List<String> DEFINITIONS =
      List.of(
          "Create",
          "Alter",
          "Drop",
          "Define",
          "Grant",
          "Rename",
          "View",
          "Rule",
          "Index",
          "Comment",
          "SecLabel",
          "Cluster",
          "Reassign",
          "Import",
          "CompositeType",
          "Refresh");

  /// A value of the parameter.
  static LogStatement of(String value) {
    return valueOf(value.toUpperCase(Locale.ROOT));
  }

  /// From which value on a statement is logged.
  static LogStatement levelOf(Stmt statement) {
    return switch (statement) {
      case InsertStmt s -> MOD;
      case UpdateStmt s -> MOD;
      case DeleteStmt s -> MOD;
      case MergeStmt s -> MOD;
      case TruncateStmt s -> MOD;
      case CopyStmt s -> s.isFrom() ? MOD : ALL;
      case SelectStmt s -> s.intoClause() == null ? ALL : DDL;
      case PrepareStmt s -> levelOf(s.query());
      case ExplainStmt s -> ALL;
      case ExecuteStmt s -> ALL;
      default -> isDefinition(statement) ? DDL : ALL;
    };
  }

  private static boolean isDefinition(Stmt statement) {
    String name = statement.getClass().getSimpleName();
    return DEFINITIONS.stream().anyMatch(name::startsWith);
  }

  /// Whether this value logs such a statement.
  boolean logs(Stmt statement) {
    return this != NONE && levelOf(statement).compareTo(this) <= 0;
  }
}
