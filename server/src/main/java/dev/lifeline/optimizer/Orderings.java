package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import java.util.ArrayList;
import java.util.List;

/// In which order the rows of a plan come.
final class Orderings {
  private Orderings() {}

  static List<SortItem> of(Plan plan) {
    return switch (plan) {
      case Plan.IndexScan scan -> ofIndex(scan);
      case Plan.Sort sort -> sort.keys();
      case Plan.Project project -> of(project.input());
      case Plan.Limit limit -> of(limit.input());
      case Plan.LockRows lock -> of(lock.input());
      case Plan.Material material -> of(material.input());
      case Plan.WindowAgg window -> of(window.input());
      case Plan.Unique unique -> of(unique.input());
      case Plan.NestLoop join -> of(join.outer());
      case Plan.HashJoin join -> List.of();
      case Plan.Aggregate aggregate ->
          aggregate.strategy() == Plan.GroupStrategy.SORTED ? of(aggregate.input()) : List.of();
      case Plan.SubqueryScan scan -> ofSubquery(scan);
      case Plan.Result result -> List.of();
      case Plan.ProjectSet set -> List.of();
      case Plan.SeqScan scan -> scan.order() == null ? List.of() : List.of(scan.order());
      case Plan.BitmapIndexScan scan -> List.of();
      case Plan.BitmapCombination combination -> List.of();
      case Plan.BitmapHeapScan scan -> List.of();
      case Plan.FunctionScan scan -> List.of();
      case Plan.ValuesScan scan -> List.of();
      case Plan.CteScan scan -> List.of();
      case Plan.RecursiveUnion union -> List.of();
      case Plan.WorkTableScan scan -> List.of();
      case Plan.Append append -> List.of();
      case Plan.SetOp set -> List.of();
      case Plan.Insert insert -> List.of();
      case Plan.Modify modify -> List.of();
    };
  }

  private static List<SortItem> ofIndex(Plan.IndexScan scan) {
    List<SortItem> items = new ArrayList<>();
    for (int i = 0; i < scan.keys().size(); i++) {
      var key = scan.index().keys().get(i);
      items.add(
          new SortItem(
              scan.keys().get(i),
              key.descending() != scan.backward(),
              key.nullsFirst() != scan.backward()));
    }
    return items;
  }

  private static List<SortItem> ofSubquery(Plan.SubqueryScan scan) {
    List<SortItem> items = new ArrayList<>();
    for (SortItem item : of(scan.input())) {
      int column = scan.input().output().indexOf(item.expr());
      int output = column < 0 ? -1 : scan.columns().indexOf(column);
      if (output < 0) {
        break;
      }
      items.add(new SortItem(scan.output().get(output), item.descending(), item.nullsFirst()));
    }
    return items;
  }

  /// Whether rows in the one order are in the other one as well. Columns that an equality fixes to
  /// one value do not matter.
  static boolean satisfies(List<SortItem> have, List<SortItem> want, List<Expression> fixed) {
    int h = 0;
    for (SortItem item : want) {
      if (fixed.contains(item.expr())) {
        continue;
      }
      while (h < have.size()
          && !have.get(h).expr().equals(item.expr())
          && fixed.contains(have.get(h).expr())) {
        h++;
      }
      if (h >= have.size() || !have.get(h).equals(item)) {
        return false;
      }
      h++;
    }
    return true;
  }

  /// The expressions that a plan's index conditions fix to one value.
  static List<Expression> fixed(Plan plan) {
    List<Expression> result = new ArrayList<>();
    collectFixed(plan, result);
    return result;
  }

  private static void collectFixed(Plan plan, List<Expression> result) {
    if (plan instanceof Plan.IndexScan scan) {
      for (Plan.IndexCondition condition : scan.conditions()) {
        if (condition.kind() == Plan.IndexCondition.Kind.EQUAL) {
          result.add(scan.keys().get(condition.key()));
        }
      }
    }
    if (plan instanceof Plan.Project
        || plan instanceof Plan.Limit
        || plan instanceof Plan.LockRows) {
      collectFixed(plan.inputs().getFirst(), result);
    }
  }
}
