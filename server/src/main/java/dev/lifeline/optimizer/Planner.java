package dev.lifeline.optimizer;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.parser.analyze.Analyzer.Analyzed;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.guc.GucSession;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/// Makes plans of analyzed statements.
public final class Planner {
  private Planner() {}

  /// Plans a statement.
  ///
  /// @param gucs the session's parameters, among them the planner's
  /// @param catalog for the expressions of indexes
  /// @param values by which constants are computed
  /// @param blocks how many pages a stored relation has now
  public static PlannedStatement plan(
      Analyzed analyzed,
      GucSession gucs,
      SessionCatalog catalog,
      EvalContext values,
      ToLongFunction<Relation> blocks) {
    PlannerContext context =
        new PlannerContext(PlannerSettings.of(gucs), catalog, values, analyzed.ranges(), blocks);
    Query query = analyzed.query();
    Plan plan = context.plan(query);
    List<Query.Output> outputs = query.outputs();
    return new PlannedStatement(
        query,
        plan,
        outputs,
        analyzed.parameterTypes(),
        List.copyOf(context.execParameters()),
        Collections.unmodifiableMap(context.commonTables()),
        analyzed.relations(),
        aliases(context.ranges()),
        List.copyOf(context.ranges()),
        analyzed.noParameters(),
        context.literalsMatter());
  }

  /// The names of the entries in EXPLAIN: their aliases, numbered where several are equal.
  private static Map<Integer, String> aliases(List<RangeEntry> ranges) {
    Map<Integer, String> result = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (RangeEntry range : ranges) {
      String name = range.alias();
      for (int i = 1; !taken.add(name); i++) {
        name = range.alias() + "_" + i;
      }
      result.put(range.id(), name);
    }
    return result;
  }
}
