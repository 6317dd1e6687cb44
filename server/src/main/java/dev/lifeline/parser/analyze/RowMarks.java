package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.parser.tree.LockClauseStrength;
import dev.lifeline.parser.tree.LockWaitPolicy;
import dev.lifeline.parser.tree.LockingClause;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Analyzes FOR UPDATE and its kin: finds the tables whose rows they lock.
final class RowMarks {
  private final ParseState state;

  RowMarks(ParseState state) {
    this.state = state;
  }

  List<Query.RowMark> transform(
      SelectStmt select, boolean grouped, boolean windowed, List<FromItem> from) {
    if (select.lockingClause().isEmpty()) {
      return List.of();
    }
    LockingClause first = select.lockingClause().getFirst();
    String reason = null;
    if (select.distinct()) {
      reason = "DISTINCT clause";
    } else if (!select.groupClause().isEmpty()) {
      reason = "GROUP BY clause";
    } else if (select.havingClause() != null) {
      reason = "HAVING clause";
    } else if (grouped) {
      reason = "aggregate functions";
    } else if (windowed) {
      reason = "window functions";
    }
    if (reason != null) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "%s is not allowed with %s", name(first), reason);
    }
    List<RangeEntry> entries = new ArrayList<>();
    from.forEach(item -> collect(item, entries));
    Map<Integer, Query.RowMark> marks = new LinkedHashMap<>();
    for (LockingClause clause : select.lockingClause()) {
      if (clause.lockedRels().isEmpty()) {
        for (RangeEntry entry : entries) {
          if (entry instanceof RangeEntry.Table table) {
            add(marks, table, clause);
          }
        }
      } else {
        clause.lockedRels().forEach(name -> addNamed(marks, entries, name, clause));
      }
    }
    return List.copyOf(marks.values());
  }

  private void addNamed(
      Map<Integer, Query.RowMark> marks,
      List<RangeEntry> entries,
      RangeVar name,
      LockingClause clause) {
    for (RangeEntry entry : entries) {
      if (!entry.alias().equals(name.relname())) {
        continue;
      }
      if (!(entry instanceof RangeEntry.Table table)) {
        throw PgException.notSupported(name(clause) + " of a subquery, function or VALUES");
      }
      add(marks, table, clause);
      return;
    }
    throw PgException.error(
            SqlState.UNDEFINED_TABLE,
            "relation \"%s\" in %s clause not found in FROM clause",
            name.relname(),
            name(clause))
        .at(name.location());
  }

  private void add(
      Map<Integer, Query.RowMark> marks, RangeEntry.Table table, LockingClause clause) {
    if (table.relation().isVirtual()) {
      throw PgException.notSupported(name(clause) + " of a system view");
    }
    state.analysis().use(table.relation(), LockMode.ROW_SHARE, Privilege.UPDATE);
    marks.merge(
        table.id(),
        new Query.RowMark(table, clause.strength(), clause.waitPolicy()),
        (a, b) -> new Query.RowMark(table, stronger(a, b), stricter(a, b)));
  }

  private static LockClauseStrength stronger(Query.RowMark a, Query.RowMark b) {
    return a.strength().compareTo(b.strength()) > 0 ? a.strength() : b.strength();
  }

  private static LockWaitPolicy stricter(Query.RowMark a, Query.RowMark b) {
    return a.policy().compareTo(b.policy()) > 0 ? a.policy() : b.policy();
  }

  private static void collect(FromItem item, List<RangeEntry> entries) {
    switch (item) {
      case FromItem.Entry entry -> entries.add(entry.range());
      case FromItem.Join join -> {
        collect(join.left(), entries);
        collect(join.right(), entries);
      }
    }
  }

  static String name(LockingClause clause) {
    return switch (clause.strength()) {
      case FOR_KEY_SHARE -> "FOR KEY SHARE";
      case FOR_SHARE -> "FOR SHARE";
      case FOR_NO_KEY_UPDATE -> "FOR NO KEY UPDATE";
      case FOR_UPDATE -> "FOR UPDATE";
    };
  }
}
