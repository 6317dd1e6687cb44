package dev.lifeline.executor;

import dev.lifeline.executor.ExplainNode.Child;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.optimizer.Cost;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.optimizer.PlannedStatement;
import dev.lifeline.optimizer.SortItem;
import dev.lifeline.optimizer.SubPlanExpr;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes what EXPLAIN shows of a plan, with PostgreSQL's names for its nodes and their properties.
final class ExplainBuilder {
  private final PlannedStatement planned;
  private final Deparser deparser;
  private final boolean qualified;
  private final Set<Integer> shownSubPlans = new HashSet<>();

  ExplainBuilder(PlannedStatement planned, EvalContext context) {
    this.planned = planned;
    this.deparser = new Deparser(planned, context);
    this.qualified = planned.ranges().size() > 1;
  }

  ExplainNode build() {
    ExplainNode root = node(planned.plan(), planned.plan().cost());
    List<Child> tables = new ArrayList<>();
    for (var entry : planned.commonTables().entrySet()) {
      CommonTable table = entry.getKey();
      tables.add(
          new Child(
              node(entry.getValue(), entry.getValue().cost()),
              "InitPlan",
              "CTE " + QuoteIdent.quote(table.name())));
    }
    root.children.addAll(0, tables);
    return root;
  }

  /// @param cost of the node together with a projection on top of it
  private ExplainNode node(Plan plan, Cost cost) {
    return switch (plan) {
      case Plan.Project project -> {
        ExplainNode below = node(project.input(), project.cost());
        project.output().forEach(expr -> subplans(below, expr));
        yield below;
      }
      case Plan.SubqueryScan scan when scan.filter() == null -> node(scan.input(), cost);
      case Plan.Result result -> result(result, cost);
      case Plan.ProjectSet set ->
          withInputs(new ExplainNode("ProjectSet", "ProjectSet", cost, set));
      case Plan.SeqScan scan -> seqScan(scan, cost);
      case Plan.IndexScan scan -> indexScan(scan, cost);
      case Plan.FunctionScan scan -> functionScan(scan, cost);
      case Plan.ValuesScan scan -> scan(plan, "Values Scan", scan.range(), scan.filter(), cost);
      case Plan.SubqueryScan scan -> {
        ExplainNode node =
            named(plan, "Subquery Scan", "on " + QuoteIdent.quote(scan.alias()), cost);
        condition(node, "Filter", scan.filter(), true);
        yield withInputs(node);
      }
      case Plan.CteScan scan ->
          cteScan(scan, "CTE Scan", scan.table().name(), scan.alias(), scan.filter(), cost);
      case Plan.BitmapHeapScan scan -> bitmapHeapScan(scan, cost);
      case Plan.BitmapIndexScan scan -> bitmapIndexScan(scan, cost);
      case Plan.BitmapCombination both ->
          bitmapCombination(both, both.and() ? "BitmapAnd" : "BitmapOr", cost);
      case Plan.NestLoop join -> nestLoop(join, cost);
      case Plan.HashJoin join -> hashJoin(join, cost);
      case Plan.Material material -> withInputs(simple(material, "Materialize", cost));
      case Plan.Sort sort -> sort(sort, cost);
      case Plan.Limit limit -> withInputs(simple(limit, "Limit", cost));
      case Plan.Aggregate aggregate -> aggregate(aggregate, cost);
      case Plan.WindowAgg window -> withInputs(simple(window, "WindowAgg", cost));
      case Plan.Unique unique -> withInputs(simple(unique, "Unique", cost));
      case Plan.RecursiveUnion union -> withInputs(simple(union, "Recursive Union", cost));
      case Plan.WorkTableScan scan ->
          cteScan(scan, "WorkTable Scan", scan.table().name(), scan.alias(), scan.filter(), cost);
      case Plan.Append append -> append(append, cost);
      case Plan.SetOp set -> withInputs(setOp(set, cost));
      case Plan.LockRows lock -> withInputs(simple(lock, "LockRows", cost));
      case Plan.Insert insert -> insert(insert, cost);
      case Plan.Modify modify ->
          withInputs(modifying(plan, modify.delete() ? "Delete" : "Update", modify.target(), cost));
    };
  }

  private static ExplainNode simple(Plan plan, String type, Cost cost) {
    return new ExplainNode(type, type, cost, plan);
  }

  private static ExplainNode named(Plan plan, String type, String rest, Cost cost) {
    return new ExplainNode(type + " " + rest, type, cost, plan);
  }

  private ExplainNode withInputs(ExplainNode node) {
    List<Plan> inputs = node.counted.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      node.children.add(
          new Child(node(inputs.get(i), inputs.get(i).cost()), i == 0 ? "Outer" : "Inner", null));
    }
    return node;
  }

  private ExplainNode result(Plan.Result result, Cost cost) {
    ExplainNode node = simple(result, "Result", cost);
    condition(node, "One-Time Filter", result.oneTimeFilter(), qualified);
    return withInputs(node);
  }

  private String on(RangeEntry range) {
    String alias = planned.aliases().getOrDefault(range.id(), range.alias());
    String name = range instanceof RangeEntry.Table table ? table.relation().name() : range.alias();
    return name.equals(alias)
        ? "on " + QuoteIdent.quote(name)
        : "on " + QuoteIdent.quote(name) + " " + QuoteIdent.quote(alias);
  }

  /// What narrows a virtual table's scan is part of its filter, too.
  private ExplainNode seqScan(Plan.SeqScan scan, Cost cost) {
    ExplainNode node =
        named(scan, "Seq Scan", (scan.backward() ? "Backward " : "") + on(scan.range()), cost);
    relation(node, scan.range());
    if (!scan.narrowing().isEmpty()) {
      List<Expression> shown =
          scan.narrowing().stream().map(Plan.IndexCondition::shown).distinct().toList();
      condition(node, "Journal Cond", conjunction(shown), false);
    }
    condition(node, "Filter", scan.filter(), false);
    return node;
  }

  private ExplainNode scan(
      Plan plan, String type, RangeEntry range, @Nullable Expression filter, Cost cost) {
    ExplainNode node = named(plan, type, on(range), cost);
    relation(node, range);
    condition(node, "Filter", filter, false);
    return node;
  }

  private void relation(ExplainNode node, RangeEntry range) {
    if (range instanceof RangeEntry.Table table) {
      node.details.put("Relation Name", table.relation().name());
    }
    node.details.put("Alias", planned.aliases().getOrDefault(range.id(), range.alias()));
  }

  private ExplainNode indexScan(Plan.IndexScan scan, Cost cost) {
    String using =
        (scan.backward() ? "Backward using " : "using ")
            + QuoteIdent.quote(scan.index().name())
            + " "
            + on(scan.range());
    ExplainNode node = named(scan, scan.only() ? "Index Only Scan" : "Index Scan", using, cost);
    node.details.put("Scan Direction", scan.backward() ? "Backward" : "Forward");
    node.details.put("Index Name", scan.index().name());
    relation(node, scan.range());
    List<Expression> shown =
        scan.conditions().stream()
            .map(Plan.IndexCondition::shown)
            .map(expr -> scan.only() ? QueryWalker.replace(expr, ExplainBuilder::asKey) : expr)
            .toList();
    if (!shown.isEmpty()) {
      condition(node, "Index Cond", conjunction(shown), false);
    }
    condition(node, "Filter", scan.filter(), false);
    return node;
  }

  private ExplainNode bitmapHeapScan(Plan.BitmapHeapScan scan, Cost cost) {
    ExplainNode node = named(scan, "Bitmap Heap Scan", on(scan.range()), cost);
    relation(node, scan.range());
    condition(node, ExplainNode.RECHECK, scan.recheck(), false);
    condition(node, "Filter", scan.filter(), false);
    return withInputs(node);
  }

  private ExplainNode bitmapIndexScan(Plan.BitmapIndexScan scan, Cost cost) {
    String name = scan.index().name();
    ExplainNode node = named(scan, "Bitmap Index Scan", "on " + QuoteIdent.quote(name), cost);
    node.details.put("Index Name", name);
    List<Expression> shown = scan.conditions().stream().map(Plan.IndexCondition::shown).toList();
    if (!shown.isEmpty()) {
      condition(node, "Index Cond", conjunction(shown), false);
    }
    return node;
  }

  private ExplainNode bitmapCombination(Plan.BitmapCombination plan, String type, Cost cost) {
    ExplainNode node = simple(plan, type, cost);
    for (Plan input : plan.inputs()) {
      node.children.add(new Child(node(input, input.cost()), "Member", null));
    }
    return node;
  }

  /// A key of an index-only scan is shown as what the index has, without the type that the operator
  /// takes it for.
  private static Expression asKey(Expression expr) {
    return expr instanceof RelabelType relabel && relabel.arg() instanceof Var key ? key : expr;
  }

  private static Expression conjunction(List<Expression> conditions) {
    return conditions.size() == 1
        ? conditions.getFirst()
        : new BoolExpr(BoolExpr.Kind.AND, conditions, ParseLoc.NONE);
  }

  private ExplainNode functionScan(Plan.FunctionScan scan, Cost cost) {
    String alias = planned.aliases().getOrDefault(scan.range().id(), scan.range().alias());
    String name = alias;
    if (scan.range().calls().getFirst() instanceof FuncExpr call) {
      PgProc proc = BootstrapCatalog.proc(call.function());
      name = proc == null ? alias : proc.name();
    }
    String on = name.equals(alias) ? "on " + name : "on " + name + " " + alias;
    ExplainNode node = named(scan, "Function Scan", on, cost);
    node.details.put("Function Name", name);
    node.details.put("Alias", alias);
    condition(node, "Filter", scan.filter(), false);
    return node;
  }

  private static String on(String name, String alias) {
    return name.equals(alias)
        ? "on " + QuoteIdent.quote(name)
        : "on " + QuoteIdent.quote(name) + " " + QuoteIdent.quote(alias);
  }

  private ExplainNode cteScan(
      Plan scan, String type, String name, String alias, @Nullable Expression filter, Cost cost) {
    ExplainNode node = named(scan, type, on(name, alias), cost);
    node.details.put("CTE Name", name);
    node.details.put("Alias", alias);
    condition(node, "Filter", filter, false);
    return node;
  }

  private static String joinWord(FromItem.Type type) {
    return switch (type) {
      case INNER -> "";
      case LEFT -> " Left";
      case FULL -> " Full";
      case SEMI -> " Semi";
      case ANTI -> " Anti";
    };
  }

  private ExplainNode nestLoop(Plan.NestLoop join, Cost cost) {
    join.parameters().forEach(p -> deparser.define(p.parameter(), p.value()));
    String word = joinWord(join.type());
    String title = word.isEmpty() ? "Nested Loop" : "Nested Loop" + word + " Join";
    ExplainNode node = new ExplainNode(title, "Nested Loop", cost, join);
    node.details.put("Join Type", word.isEmpty() ? "Inner" : word.strip());
    condition(node, "Join Filter", join.joinFilter(), true);
    condition(node, "Filter", join.filter(), true);
    return withInputs(node);
  }

  private ExplainNode hashJoin(Plan.HashJoin join, Cost cost) {
    String word = joinWord(join.type());
    ExplainNode node = new ExplainNode("Hash" + word + " Join", "Hash Join", cost, join);
    node.details.put("Join Type", word.isEmpty() ? "Inner" : word.strip());
    condition(
        node,
        "Hash Cond",
        conjunction(join.keys().stream().map(Plan.HashKey::shown).toList()),
        true);
    condition(node, "Join Filter", join.joinFilter(), true);
    condition(node, "Filter", join.filter(), true);
    node.children.add(new Child(node(join.outer(), join.outer().cost()), "Outer", null));
    Cost inner = join.inner().cost();
    ExplainNode hash =
        new ExplainNode(
            "Hash",
            "Hash",
            new Cost(inner.total(), inner.total(), inner.rows(), inner.width()),
            join.inner());
    hash.children.add(new Child(node(join.inner(), inner), "Outer", null));
    node.children.add(new Child(hash, "Inner", null));
    return node;
  }

  private ExplainNode sort(Plan.Sort sort, Cost cost) {
    ExplainNode node = simple(sort, "Sort", cost);
    node.properties.put("Sort Key", sort.keys().stream().map(this::sortItem).toList());
    sort.keys().forEach(item -> subplans(node, item.expr()));
    return withInputs(node);
  }

  private String sortItem(SortItem item) {
    String text = deparser.text(item.expr(), qualified);
    boolean plain = item.expr() instanceof Var;
    StringBuilder out = new StringBuilder(plain || text.startsWith("(") ? text : "(" + text + ")");
    if (item.descending()) {
      out.append(" DESC");
    }
    if (item.nullsFirst() != item.descending()) {
      out.append(item.nullsFirst() ? " NULLS FIRST" : " NULLS LAST");
    }
    return out.toString();
  }

  private ExplainNode aggregate(Plan.Aggregate aggregate, Cost cost) {
    boolean mixed =
        aggregate.strategy() == Plan.GroupStrategy.HASHED
            && aggregate.sets().stream().anyMatch(List::isEmpty);
    String title =
        switch (aggregate.strategy()) {
          case PLAIN -> "Aggregate";
          case SORTED -> aggregate.aggregates().isEmpty() ? "Group" : "GroupAggregate";
          case HASHED -> mixed ? "MixedAggregate" : "HashAggregate";
        };
    String type = title.equals("Group") ? "Group" : "Aggregate";
    ExplainNode node = new ExplainNode(title, type, cost, aggregate);
    node.details.put(
        "Strategy",
        switch (aggregate.strategy()) {
          case PLAIN -> "Plain";
          case SORTED -> "Sorted";
          case HASHED -> mixed ? "Mixed" : "Hashed";
        });
    List<String> keys =
        aggregate.groupBy().stream()
            .map(expr -> sortItem(new SortItem(expr, false, false)))
            .toList();
    if (aggregate.sets().size() > 1) {
      node.groupingSets.addAll(
          aggregate.sets().stream().map(set -> set.stream().map(keys::get).toList()).toList());
    } else if (!keys.isEmpty()) {
      node.properties.put("Group Key", keys);
    }
    condition(node, "Filter", aggregate.filter(), qualified);
    return withInputs(node);
  }

  private ExplainNode append(Plan.Append append, Cost cost) {
    ExplainNode node = simple(append, "Append", cost);
    for (Plan input : append.inputs()) {
      node.children.add(new Child(node(input, input.cost()), "Member", null));
    }
    return node;
  }

  private static ExplainNode setOp(Plan.SetOp set, Cost cost) {
    String name = set.operation() == SetOperation.INTERSECT ? "Intersect" : "Except";
    return new ExplainNode("HashSetOp " + name + (set.all() ? " All" : ""), "SetOp", cost, set);
  }

  private ExplainNode modifying(Plan plan, String operation, RangeEntry.Table range, Cost cost) {
    ExplainNode node = new ExplainNode(operation + " " + on(range), "ModifyTable", cost, plan);
    node.details.put("Operation", operation);
    relation(node, range);
    return node;
  }

  private ExplainNode insert(Plan.Insert insert, Cost cost) {
    ExplainNode node = modifying(insert, "Insert", insert.target(), cost);
    if (insert.onConflict() != null) {
      node.properties.put(
          "Conflict Resolution", insert.onConflict().assignments() == null ? "NOTHING" : "UPDATE");
    }
    return withInputs(node);
  }

  private void condition(
      ExplainNode node, String label, @Nullable Expression condition, boolean withTable) {
    if (condition == null) {
      return;
    }
    Expression shown = condition;
    String text = deparser.text(shown, withTable);
    node.properties.put(label, text.startsWith("(") ? text : "(" + text + ")");
    subplans(node, condition);
  }

  /// The subplans of an expression, below the node that evaluates it; each is shown once.
  private void subplans(ExplainNode node, Expression expr) {
    expr.anyMatch(found -> {
      if (found instanceof SubPlanExpr subplan && shownSubPlans.add(subplan.id())) {
        subplan.parameters().forEach(p -> deparser.define(p.parameter(), p.value()));
        boolean init = subplan.isInitPlan() && subplan.test() == null;
        String label =
            init
                ? "InitPlan " + subplan.id() + " (returns $" + (subplan.id() - 1) + ")"
                : "SubPlan " + subplan.id();
        node.children.add(
            new Child(
                node(subplan.plan(), subplan.plan().cost()), init ? "InitPlan" : "SubPlan", label));
      }
      return false;
    });
  }
}
