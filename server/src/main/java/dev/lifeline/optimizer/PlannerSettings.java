package dev.lifeline.optimizer;

import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;

/// What the session's parameters tell the planner.
///
/// @param workMem bytes that one sort or hash may take
record PlannerSettings(
    CostModel costs,
    boolean seqScan,
    boolean indexScan,
    boolean indexOnlyScan,
    boolean bitmapScan,
    boolean nestLoop,
    boolean hashJoin,
    boolean hashAggregate,
    boolean sort,
    long workMem) {

  /// What a method costs on top where its parameter is off: it is still taken where nothing else
  /// can do it.
  static final double DISABLED = 1.0e10;

  static PlannerSettings of(GucSession gucs) {
    return new PlannerSettings(
        new CostModel(
            gucs.get(Gucs.SEQ_PAGE_COST),
            gucs.get(Gucs.RANDOM_PAGE_COST),
            gucs.get(Gucs.CPU_TUPLE_COST),
            gucs.get(Gucs.CPU_INDEX_TUPLE_COST),
            gucs.get(Gucs.CPU_OPERATOR_COST),
            gucs.get(Gucs.EFFECTIVE_CACHE_SIZE)),
        gucs.isOn(Gucs.ENABLE_SEQSCAN),
        gucs.isOn(Gucs.ENABLE_INDEXSCAN),
        gucs.isOn(Gucs.ENABLE_INDEXONLYSCAN),
        gucs.isOn(Gucs.ENABLE_BITMAPSCAN),
        gucs.isOn(Gucs.ENABLE_NESTLOOP),
        gucs.isOn(Gucs.ENABLE_HASHJOIN),
        gucs.isOn(Gucs.ENABLE_HASHAGG),
        gucs.isOn(Gucs.ENABLE_SORT),
        gucs.get(Gucs.WORK_MEM) * 1024L);
  }
}
