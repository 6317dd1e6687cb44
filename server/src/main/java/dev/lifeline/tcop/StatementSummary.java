package dev.lifeline.tcop;

import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.UpdateStmt;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a statement does to what, without a literal: `SELECT pgbench_accounts`.
final class StatementSummary {
  private static final int LENGTH_MAX = 255;

  private StatementSummary() {}

  static String of(String command, Stmt statement) {
    Set<String> tables = new LinkedHashSet<>();
    switch (statement) {
      case SelectStmt select -> collect(select, tables);
      case InsertStmt insert -> tables.add(insert.relation().relname());
      case UpdateStmt update -> tables.add(update.relation().relname());
      case DeleteStmt delete -> tables.add(delete.relation().relname());
      default -> {}
    }
    String summary = tables.isEmpty() ? command : command + " " + String.join(" ", tables);
    return summary.length() <= LENGTH_MAX ? summary : summary.substring(0, LENGTH_MAX);
  }

  private static void collect(@Nullable SelectStmt select, Set<String> tables) {
    if (select == null) {
      return;
    }
    select.fromClause().forEach(item -> collect(item, tables));
    collect(select.larg(), tables);
    collect(select.rarg(), tables);
  }

  private static void collect(TableRef item, Set<String> tables) {
    switch (item) {
      case RangeVar table -> tables.add(table.relname());
      case JoinExpr join -> {
        collect(join.larg(), tables);
        collect(join.rarg(), tables);
      }
      default -> {}
    }
  }
}
