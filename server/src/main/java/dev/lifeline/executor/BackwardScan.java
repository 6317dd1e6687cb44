package dev.lifeline.executor;

import dev.lifeline.optimizer.Plan;

/// Which plans a cursor without SCROLL may be read backward of: those of which PostgreSQL's can.
final class BackwardScan {
  private BackwardScan() {}

  static boolean supports(Plan plan) {
    return switch (plan) {
      case Plan.SeqScan scan -> true;
      case Plan.IndexScan scan -> true;
      case Plan.FunctionScan scan -> true;
      case Plan.ValuesScan scan -> true;
      case Plan.CteScan scan -> true;
      case Plan.Material material -> true;
      case Plan.Sort sort -> true;
      case Plan.Result result -> result.input() != null && supports(result.input());
      case Plan.Project project -> supports(project.input());
      case Plan.SubqueryScan scan -> plan.inputs().stream().allMatch(BackwardScan::supports);
      case Plan.Limit limit -> supports(limit.input());
      case Plan.Append append -> append.inputs().stream().allMatch(BackwardScan::supports);
      case Plan.ProjectSet set -> false;
      case Plan.BitmapIndexScan scan -> false;
      case Plan.BitmapCombination combination -> false;
      case Plan.BitmapHeapScan scan -> false;
      case Plan.NestLoop join -> false;
      case Plan.HashJoin join -> false;
      case Plan.Aggregate aggregate -> false;
      case Plan.WindowAgg windows -> false;
      case Plan.Unique unique -> false;
      case Plan.RecursiveUnion union -> false;
      case Plan.WorkTableScan scan -> false;
      case Plan.SetOp set -> false;
      case Plan.LockRows locks -> false;
      case Plan.Insert insert -> false;
      case Plan.Modify modify -> false;
    };
  }
}
