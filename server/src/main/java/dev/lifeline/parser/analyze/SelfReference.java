package dev.lifeline.parser.analyze;

import dev.lifeline.parser.tree.CommonTableExpr;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.RangeSubselect;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.TableRef;
import org.jspecify.annotations.Nullable;

/// Whether a query of WITH RECURSIVE really refers to itself: RECURSIVE is a word for the whole
/// clause, and tools write it where nothing is recursive.
final class SelfReference {
  private SelfReference() {}

  static boolean in(CommonTableExpr cte) {
    PreparableStmt query = cte.ctequery();
    return query instanceof SelectStmt select && in(select, cte.ctename());
  }

  private static boolean in(@Nullable SelectStmt select, String name) {
    if (select == null) {
      return false;
    }
    return select.fromClause().stream().anyMatch(item -> in(item, name))
        || in(select.larg(), name)
        || in(select.rarg(), name);
  }

  private static boolean in(TableRef item, String name) {
    return switch (item) {
      case RangeVar table -> table.schemaname() == null && table.relname().equals(name);
      case RangeSubselect subselect -> in(subselect.subquery(), name);
      case JoinExpr join -> in(join.larg(), name) || in(join.rarg(), name);
      default -> false;
    };
  }
}
