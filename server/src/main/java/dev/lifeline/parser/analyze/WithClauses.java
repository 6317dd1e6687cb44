package dev.lifeline.parser.analyze;

import dev.lifeline.parser.tree.CommonTableExpr;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.WithClause;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Analyzes the WITH clause of one level. Each of its queries sees those before it, and with
/// RECURSIVE those behind it as well: these are then analyzed when they are first met.
final class WithClauses {
  private final ParseState state;
  private final List<CommonTable> tables = new ArrayList<>();

  /// With RECURSIVE: the queries that were not met yet, and those that are being analyzed.
  private final Map<String, CommonTableExpr> waiting = new HashMap<>();

  private final Map<String, CommonTableExpr> begun = new HashMap<>();

  WithClauses(ParseState state) {
    this.state = state;
  }

  List<CommonTable> analyze(@Nullable WithClause with) {
    if (with == null) {
      return List.of();
    }
    Map<String, CommonTableExpr> names = new HashMap<>();
    for (CommonTableExpr cte : with.ctes()) {
      if (names.put(cte.ctename(), cte) != null) {
        throw PgException.error(
                SqlState.DUPLICATE_ALIAS,
                "WITH query name \"%s\" specified more than once",
                cte.ctename())
            .at(cte.location());
      }
      if (!(cte.ctequery() instanceof SelectStmt) && state.parent() != null) {
        throw PgException.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "WITH clause containing a data-modifying statement must be at the top level")
            .at(cte.location());
      }
    }
    if (with.recursive()) {
      waiting.putAll(names);
      state.scope().onMissingTable(this::meet);
    }
    for (CommonTableExpr cte : with.ctes()) {
      if (!with.recursive()) {
        state.scope().futureTables(Set.copyOf(names.keySet()));
        add(plain(cte, state));
        names.remove(cte.ctename());
      } else if (waiting.remove(cte.ctename()) != null) {
        add(recursive(cte));
      }
    }
    state.scope().futureTables(Set.of());
    state.scope().onMissingTable(name -> null);
    return tables;
  }

  private CommonTable add(CommonTable table) {
    tables.add(table);
    state.scope().addCommonTable(table);
    return table;
  }

  /// A name that no query before has.
  private @Nullable CommonTable meet(String name) {
    CommonTableExpr cte = waiting.remove(name);
    if (cte != null) {
      return add(recursive(cte));
    }
    CommonTableExpr around = begun.get(name);
    if (around != null) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "mutual recursion between WITH items is not implemented")
          .at(around.location());
    }
    return null;
  }

  private CommonTable recursive(CommonTableExpr cte) {
    begun.put(cte.ctename(), cte);
    PreparableStmt statement = cte.ctequery();
    CommonTable result = null;
    if (statement instanceof SelectStmt select && select.op() == SetOperation.UNION) {
      result = new RecursiveUnions(state).analyze(cte, select);
    }
    if (result == null) {
      result = plain(cte, RecursiveUnions.forbidding(state, cte));
    }
    begun.remove(cte.ctename());
    return result;
  }

  private static CommonTable plain(CommonTableExpr cte, ParseState state) {
    RecursiveUnions.refuseSearchAndCycle(cte);
    Query query = Analyzer.analyze(cte.ctequery(), new ParseState(state.analysis(), state));
    checkColumns(cte, query);
    return new CommonTable(cte.ctename(), cte.aliascolnames(), query, cte.materialized());
  }

  static void checkColumns(CommonTableExpr cte, Query query) {
    if (cte.aliascolnames().size() > query.outputs().size()) {
      throw PgException.error(
              SqlState.INVALID_COLUMN_REFERENCE,
              "WITH query \"%s\" has %d columns available but %d columns specified",
              cte.ctename(),
              query.outputs().size(),
              cte.aliascolnames().size())
          .at(cte.location());
    }
  }
}
