package dev.lifeline.commands;

import dev.lifeline.parser.tree.AlterObjectSchemaStmt;
import dev.lifeline.parser.tree.AlterOwnerStmt;
import dev.lifeline.parser.tree.AlterTableStmt;
import dev.lifeline.parser.tree.DiscardStmt;
import dev.lifeline.parser.tree.DropStmt;
import dev.lifeline.parser.tree.GrantRoleStmt;
import dev.lifeline.parser.tree.GrantStmt;
import dev.lifeline.parser.tree.ReindexStmt;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TransactionStmt;
import dev.lifeline.parser.tree.VacuumStmt;
import dev.lifeline.parser.tree.VariableSetStmt;
import java.util.Locale;
import java.util.Map;

/// The command tags of statements.
public final class CommandTags {
  /// Those that are not simply the words of the parse node's name.
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("CreateStmt", "CREATE TABLE"),
          Map.entry("CreateTableAsStmt", "CREATE TABLE AS"),
          Map.entry("CreateSeqStmt", "CREATE SEQUENCE"),
          Map.entry("AlterSeqStmt", "ALTER SEQUENCE"),
          Map.entry("IndexStmt", "CREATE INDEX"),
          Map.entry("ViewStmt", "CREATE VIEW"),
          Map.entry("CreatedbStmt", "CREATE DATABASE"),
          Map.entry("DropdbStmt", "DROP DATABASE"),
          Map.entry("AlterDatabaseSetStmt", "ALTER DATABASE"),
          Map.entry("AlterRoleSetStmt", "ALTER ROLE"),
          Map.entry("TruncateStmt", "TRUNCATE TABLE"),
          Map.entry("LockStmt", "LOCK TABLE"),
          Map.entry("CheckPointStmt", "CHECKPOINT"),
          Map.entry("VariableShowStmt", "SHOW"),
          Map.entry("CreateTrigStmt", "CREATE TRIGGER"),
          Map.entry("CreateEventTrigStmt", "CREATE EVENT TRIGGER"),
          Map.entry("CreatePLangStmt", "CREATE LANGUAGE"),
          Map.entry("CreateFdwStmt", "CREATE FOREIGN DATA WRAPPER"),
          Map.entry("CreateForeignServerStmt", "CREATE SERVER"),
          Map.entry("CreateAmStmt", "CREATE ACCESS METHOD"),
          Map.entry("CreateTableSpaceStmt", "CREATE TABLESPACE"),
          Map.entry("DropTableSpaceStmt", "DROP TABLESPACE"),
          Map.entry("CreateEnumStmt", "CREATE TYPE"),
          Map.entry("CreateRangeStmt", "CREATE TYPE"),
          Map.entry("CompositeTypeStmt", "CREATE TYPE"),
          Map.entry("AlterEnumStmt", "ALTER TYPE"),
          Map.entry("DefineStmt", "CREATE"),
          Map.entry("RuleStmt", "CREATE RULE"),
          Map.entry("CreateStatsStmt", "CREATE STATISTICS"),
          Map.entry("RefreshMatViewStmt", "REFRESH MATERIALIZED VIEW"),
          Map.entry("ConstraintsSetStmt", "SET CONSTRAINTS"),
          Map.entry("SecLabelStmt", "SECURITY LABEL"),
          Map.entry("DeclareCursorStmt", "DECLARE CURSOR"),
          Map.entry("ClosePortalStmt", "CLOSE CURSOR"));

  private CommandTags() {}

  private static String tag(TransactionStmt.Kind kind) {
    return switch (kind) {
      case START -> "START TRANSACTION";
      case ROLLBACK_TO -> "ROLLBACK";
      case PREPARE -> "PREPARE TRANSACTION";
      default -> kind.name().replace('_', ' ');
    };
  }

  /// What names the statement, as `CREATE TABLE`.
  public static String of(Stmt statement) {
    return switch (statement) {
      case DropStmt s -> DropCommands.tag(s);
      case AlterTableStmt s -> AlterTable.tag(s);
      case RenameStmt s -> RenameCommands.tag(s);
      case AlterObjectSchemaStmt s -> "ALTER " + s.objectType().name().replace('_', ' ');
      case AlterOwnerStmt s -> "ALTER " + s.objectType().name().replace('_', ' ');
      case GrantStmt s -> s.isGrant() ? "GRANT" : "REVOKE";
      case GrantRoleStmt s -> s.isGrant() ? "GRANT ROLE" : "REVOKE ROLE";
      case VacuumStmt s -> s.isVacuumcmd() ? "VACUUM" : "ANALYZE";
      case ReindexStmt s -> "REINDEX";
      case TransactionStmt s -> tag(s.kind());
      case DiscardStmt s -> "DISCARD " + s.target().name();
      case VariableSetStmt s ->
          s.kind() == VariableSetStmt.Kind.RESET || s.kind() == VariableSetStmt.Kind.RESET_ALL
              ? "RESET"
              : "SET";
      default -> byName(statement.getClass().getSimpleName());
    };
  }

  /// `CreateRoleStmt` is `CREATE ROLE`.
  private static String byName(String node) {
    String known = NAMES.get(node);
    if (known != null) {
      return known;
    }
    String name = node.endsWith("Stmt") ? node.substring(0, node.length() - 4) : node;
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(Locale.ROOT);
  }
}
