package dev.lifeline.tcop;

import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;

/// The parameters that a plan depends on, as part of its key in the plan cache: those of the
/// planner, and those by which literals are read.
final class PlannerSettingsKey {
  private PlannerSettingsKey() {}

  static String of(GucSession gucs) {
    return ""
        + gucs.isOn(Gucs.ENABLE_SEQSCAN)
        + gucs.isOn(Gucs.ENABLE_INDEXSCAN)
        + gucs.isOn(Gucs.ENABLE_NESTLOOP)
        + gucs.isOn(Gucs.ENABLE_HASHJOIN)
        + gucs.isOn(Gucs.ENABLE_HASHAGG)
        + gucs.isOn(Gucs.ENABLE_INDEXONLYSCAN)
        + ' '
        + gucs.isOn(Gucs.ENABLE_BITMAPSCAN)
        + ' '
        + gucs.isOn(Gucs.ENABLE_SORT)
        + gucs.get(Gucs.SEQ_PAGE_COST)
        + gucs.get(Gucs.RANDOM_PAGE_COST)
        + gucs.show("DateStyle")
        + gucs.show("IntervalStyle")
        + gucs.show("TimeZone");
  }
}
