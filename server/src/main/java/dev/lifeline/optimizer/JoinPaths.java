package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.optimizer.JoinProblem.Condition;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The ways to join two sets of entries.
final class JoinPaths {
  private final PlannerContext context;
  private final JoinProblem problem;
  private final Selectivity selectivity;
  private final Map<Integer, RelationInfo> infos;
  private final Map<Integer, List<Expression>> needed;
  private final Map<Integer, LateralEntry> lateral;

  /// An entry that reads columns of those beside it: its plan takes them from parameters.
  record LateralEntry(long refs, List<Plan.ParamAssignment> parameters) {}

  JoinPaths(
      PlannerContext context,
      JoinProblem problem,
      Map<Integer, RelationInfo> infos,
      Map<Integer, List<Expression>> needed,
      Map<Integer, LateralEntry> lateral) {
    this.context = context;
    this.problem = problem;
    this.selectivity = new Selectivity(infos, context.statisticsContext());
    this.infos = infos;
    this.needed = needed;
    this.lateral = lateral;
  }

  /// The entries whose columns a set reads by parameters and does not have itself.
  long lateral(long relids) {
    long refs = 0;
    for (Map.Entry<Integer, LateralEntry> entry : lateral.entrySet()) {
      if ((relids & 1L << entry.getKey()) != 0) {
        refs |= entry.getValue().refs;
      }
    }
    return refs & ~relids;
  }

  private List<Plan.ParamAssignment> lateralParameters(long outer, long inner) {
    List<Plan.ParamAssignment> result = new ArrayList<>();
    for (Map.Entry<Integer, LateralEntry> entry : lateral.entrySet()) {
      if ((inner & 1L << entry.getKey()) != 0 && (entry.getValue().refs & outer) != 0) {
        result.addAll(entry.getValue().parameters);
      }
    }
    return result;
  }

  /// One join to be made.
  private record Pair(
      JoinRel result,
      JoinRel outer,
      JoinRel inner,
      FromItem.Type type,
      List<Expression> on,
      List<Expression> above,
      double rows) {}

  void join(JoinRel result, JoinRel outer, JoinRel inner, FromItem.Type type, List<Condition> all) {
    long missing = lateral(outer.relids);
    if ((missing & inner.relids) != 0) {
      return;
    }
    List<Expression> on = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Condition condition : all) {
      boolean pushedDown = type != FromItem.Type.INNER && condition.outerJoin() == null;
      (pushedDown ? above : on).add(condition.expr());
    }
    if (type == FromItem.Type.SEMI || type == FromItem.Type.ANTI) {
      on.addAll(above);
      above.clear();
    }
    if (result.rows < 0) {
      result.rows = rows(outer, inner, type, on, above);
    }
    Pair pair = new Pair(result, outer, inner, type, on, above, result.rows);
    List<Plan.ParamAssignment> parameters = lateralParameters(outer.relids, inner.relids);
    if (type != FromItem.Type.FULL) {
      nestLoops(pair, parameters);
    }
    if (parameters.isEmpty() && lateral(inner.relids) == 0) {
      hashJoins(pair);
    }
  }

  private double rows(
      JoinRel outer,
      JoinRel inner,
      FromItem.Type type,
      List<Expression> on,
      List<Expression> above) {
    double o = outer.cheapest().cost().rows();
    double i = inner.cheapest().cost().rows();
    double s = selectivity.of(on);
    double rows =
        switch (type) {
          case INNER -> o * i * s;
          case LEFT -> Math.max(o, o * i * s);
          case FULL -> Math.max(o + i, o * i * s);
          case SEMI -> o * Math.min(1, i * s);
          case ANTI -> o * Math.max(0.005, 1 - Math.min(1, i * s));
        };
    return Math.max(1, rows * selectivity.of(above));
  }

  private static List<Expression> output(FromItem.Type type, Plan outer, Plan inner) {
    if (type == FromItem.Type.SEMI || type == FromItem.Type.ANTI) {
      return outer.output();
    }
    List<Expression> output = new ArrayList<>(outer.output());
    output.addAll(inner.output());
    return output;
  }

  private void nestLoops(Pair pair, List<Plan.ParamAssignment> lateralParameters) {
    Plan inner = pair.inner.cheapest();
    for (Plan outer : pair.outer.plans) {
      if (lateralParameters.isEmpty()) {
        plainNestLoop(pair, outer, inner);
      } else {
        double rescan = inner.cost().total();
        addNestLoop(pair, outer, inner, lateralParameters, pair.on, rescan);
      }
      if (Long.bitCount(pair.inner.relids) == 1) {
        indexNestLoops(pair, outer, lateralParameters);
      }
    }
  }

  private void plainNestLoop(Pair pair, Plan outer, Plan inner) {
    Cost materialized = context.costs().material(inner.cost());
    double rescan = context.costs().rescanMaterial(inner.cost());
    boolean worthIt =
        outer.cost().rows() > 1
            && rescan < inner.cost().total()
            && !(inner instanceof Plan.Material);
    if (worthIt && inner.cost().rows() <= 1 && inner instanceof Plan.IndexScan) {
      worthIt = true;
    }
    if (worthIt) {
      addNestLoop(pair, outer, new Plan.Material(materialized, inner), List.of(), pair.on, rescan);
    } else {
      addNestLoop(pair, outer, inner, List.of(), pair.on, inner.cost().total());
    }
  }

  private void addNestLoop(
      Pair pair,
      Plan outer,
      Plan inner,
      List<Plan.ParamAssignment> parameters,
      List<Expression> joinConditions,
      double rescan) {
    Expression joinFilter = Clauses.and(joinConditions);
    Expression filter = Clauses.and(pair.above);
    boolean semi = pair.type == FromItem.Type.SEMI || pair.type == FromItem.Type.ANTI;
    Cost cost =
        context
            .costs()
            .nestLoop(
                outer.cost(),
                inner.cost(),
                rescan,
                Clauses.operators(joinFilter) + Clauses.operators(filter),
                semi,
                pair.rows);
    if (!context.settings().nestLoop()) {
      cost = cost.plus(PlannerSettings.DISABLED);
    }
    List<Expression> output = output(pair.type, outer, inner);
    cost = new Cost(cost.startup(), cost.total(), pair.rows, context.widthOf(output));
    pair.result.add(
        new Plan.NestLoop(cost, output, pair.type, outer, inner, parameters, joinFilter, filter));
  }

  /// A nested loop whose inner side looks up by an index what the outer row asks for.
  private void indexNestLoops(Pair pair, Plan outer, List<Plan.ParamAssignment> lateralParameters) {
    int bit = Long.numberOfTrailingZeros(pair.inner.relids);
    if (!(problem.entries.get(bit) instanceof RangeEntry.Table table)
        || table.relation().isVirtual()
        || !lateralParameters.isEmpty()) {
      return;
    }
    Map<Var, Plan.ParamAssignment> parameters = new LinkedHashMap<>();
    Map<Expression, Expression> original = new LinkedHashMap<>();
    List<Expression> local = baseConditions(pair.inner.relids);
    List<Expression> conditions = new ArrayList<>(local);
    for (Expression condition : pair.on) {
      Expression replaced = parameterize(condition, table.id(), parameters);
      original.put(replaced, condition);
      conditions.add(replaced);
    }
    RelationInfo info = infos.get(table.id());
    List<Expression> columns = needed.get(table.id());
    if (info == null || columns == null) {
      return;
    }
    for (IndexInfo index : context.indexes(table)) {
      IndexMatch match = IndexMatch.of(context, table, index, conditions);
      boolean usesOuter = match.shown().stream().anyMatch(original::containsKey);
      if (!usesOuter || !index.hasAllRows(local)) {
        continue;
      }
      List<Expression> inside = new ArrayList<>(local);
      match.shown().stream().filter(original::containsKey).forEach(inside::add);
      double loops = outer.cost().rows();
      Plan scan =
          new ScanPaths(context, selectivity)
              .indexScan(info, table, match, inside, columns, false, loops);
      Plan bitmap =
          new BitmapPaths(context, selectivity, info, table, loops).by(match, inside, columns);
      List<Expression> rest = new ArrayList<>();
      original.forEach((replaced, condition) -> {
        if (!match.shown().contains(replaced)) {
          rest.add(condition);
        }
      });
      List<Plan.ParamAssignment> used = used(parameters, match.shown());
      addNestLoop(pair, outer, scan, used, rest, scan.cost().total());
      if (bitmap != null) {
        addNestLoop(pair, outer, bitmap, used, rest, bitmap.cost().total());
      }
    }
  }

  private static List<Plan.ParamAssignment> used(
      Map<Var, Plan.ParamAssignment> parameters, List<Expression> conditions) {
    return parameters.values().stream()
        .filter(p -> conditions.stream().anyMatch(c -> c.anyMatch(p.parameter()::equals)))
        .toList();
  }

  private Expression parameterize(
      Expression condition, int innerRange, Map<Var, Plan.ParamAssignment> parameters) {
    return QueryWalker.replace(
        condition,
        node -> {
          if (!(node instanceof Var var) || var.varno() == innerRange) {
            return node;
          }
          return parameters
              .computeIfAbsent(var, v -> new Plan.ParamAssignment(context.newParam(v), v))
              .parameter();
        });
  }

  List<Expression> baseConditions(long relids) {
    return problem.conditions.stream()
        .filter(condition -> condition.relids() == relids && condition.outerJoin() == null)
        .map(Condition::expr)
        .toList();
  }

  private void hashJoins(Pair pair) {
    List<Plan.HashKey> keys = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    for (Expression condition : pair.on) {
      Plan.HashKey key = hashKey(condition, pair.outer.relids, pair.inner.relids);
      if (key == null) {
        rest.add(condition);
      } else {
        keys.add(key);
      }
    }
    if (keys.isEmpty()) {
      if (pair.type != FromItem.Type.FULL) {
        return;
      }
      // Without a key all rows are in one chain, of which a constant condition takes all or none.
      if (!rest.stream().allMatch(Const.class::isInstance)) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions");
      }
    }
    Plan inner = pair.inner.cheapest();
    Plan outer = pair.outer.cheapest();
    Expression joinFilter = Clauses.and(rest);
    Expression filter = Clauses.and(pair.above);
    List<Expression> output = output(pair.type, outer, inner);
    Cost cost =
        context
            .costs()
            .hashJoin(
                outer.cost(),
                inner.cost(),
                keys.size(),
                Clauses.operators(joinFilter) + Clauses.operators(filter),
                pair.rows,
                pair.rows);
    if (!context.settings().hashJoin()) {
      cost = cost.plus(PlannerSettings.DISABLED);
    }
    cost = new Cost(cost.startup(), cost.total(), pair.rows, context.widthOf(output));
    pair.result.add(
        new Plan.HashJoin(cost, output, pair.type, outer, inner, keys, joinFilter, filter));
  }

  private Plan.@Nullable HashKey hashKey(Expression condition, long outer, long inner) {
    if (!(condition instanceof OpExpr op) || op.args().size() != 2) {
      return null;
    }
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    Expression left = op.args().get(0);
    Expression right = op.args().get(1);
    boolean sameValues =
        left.type() == right.type()
            || (IndexMatch.isInteger(left.type()) && IndexMatch.isInteger(right.type()));
    if (operator == null || !operator.canHash() || !sameValues) {
      return null;
    }
    long l = problem.relids(left);
    long r = problem.relids(right);
    if (l == 0 || r == 0) {
      return null;
    }
    if ((l & ~outer) == 0 && (r & ~inner) == 0) {
      return new Plan.HashKey(left, right, condition);
    }
    if ((l & ~inner) == 0 && (r & ~outer) == 0) {
      return new Plan.HashKey(right, left, condition);
    }
    return null;
  }
}
