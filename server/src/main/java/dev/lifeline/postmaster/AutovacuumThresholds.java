package dev.lifeline.postmaster;

import dev.lifeline.catalog.RelOptions;
import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.List;

/// When autovacuum does a table, and how gently: the server's parameters, and the table's own
/// storage parameters (`autovacuum_*` in `pg_class.reloptions`) where it has some.
///
/// @param enabled false where the table's `autovacuum_enabled` is off
/// @param insertBase -1: inserted rows alone do not bring a vacuum
/// @param costLimit of the worker
/// @param ownCost whether the table has a delay or a limit of its own: it does not share the limit
///   with the other workers then
/// @param freezeMaxAge of the oldest xid; an older one brings a vacuum whatever else is said
/// @param freezeMinAge what the vacuum leaves in the rows; -1: as the server says
/// @param freezeTableAge from which on all pages are looked at; -1: as the server says
/// @param logMinDurationMs -1: nothing is logged
public record AutovacuumThresholds(
    boolean enabled,
    double vacuumBase,
    double vacuumScale,
    double insertBase,
    double insertScale,
    double analyzeBase,
    double analyzeScale,
    double costDelayMs,
    long costLimit,
    boolean ownCost,
    long freezeMaxAge,
    long freezeMinAge,
    long freezeTableAge,
    long logMinDurationMs) {

  /// The parameters of a table.
  ///
  /// @param options its `reloptions`, as `name=value`
  public static AutovacuumThresholds of(ServerConfig config, List<String> options) {
    double delay = config.get(Gucs.AUTOVACUUM_VACUUM_COST_DELAY);
    long limit = config.get(Gucs.AUTOVACUUM_VACUUM_COST_LIMIT);
    double ownDelay = number(options, "autovacuum_vacuum_cost_delay", -1);
    double ownLimit = number(options, "autovacuum_vacuum_cost_limit", -1);
    long serverLimit = limit > 0 ? limit : config.get(Gucs.VACUUM_COST_LIMIT);
    return new AutovacuumThresholds(
        !Boolean.FALSE.equals(RelOptions.bool(options, "autovacuum_enabled")),
        number(
            options, "autovacuum_vacuum_threshold", config.get(Gucs.AUTOVACUUM_VACUUM_THRESHOLD)),
        number(
            options,
            "autovacuum_vacuum_scale_factor",
            config.get(Gucs.AUTOVACUUM_VACUUM_SCALE_FACTOR)),
        number(
            options,
            "autovacuum_vacuum_insert_threshold",
            config.get(Gucs.AUTOVACUUM_VACUUM_INSERT_THRESHOLD)),
        number(
            options,
            "autovacuum_vacuum_insert_scale_factor",
            config.get(Gucs.AUTOVACUUM_VACUUM_INSERT_SCALE_FACTOR)),
        number(
            options, "autovacuum_analyze_threshold", config.get(Gucs.AUTOVACUUM_ANALYZE_THRESHOLD)),
        number(
            options,
            "autovacuum_analyze_scale_factor",
            config.get(Gucs.AUTOVACUUM_ANALYZE_SCALE_FACTOR)),
        ownDelay >= 0 ? ownDelay : delay >= 0 ? delay : config.get(Gucs.VACUUM_COST_DELAY),
        ownLimit > 0 ? (long) ownLimit : serverLimit,
        ownDelay >= 0 || ownLimit > 0,
        (long)
            Math.min(
                config.get(Gucs.AUTOVACUUM_FREEZE_MAX_AGE),
                number(options, "autovacuum_freeze_max_age", Double.MAX_VALUE)),
        (long) number(options, "autovacuum_freeze_min_age", -1),
        (long) number(options, "autovacuum_freeze_table_age", -1),
        (long)
            number(
                options,
                "log_autovacuum_min_duration",
                config.get(Gucs.LOG_AUTOVACUUM_MIN_DURATION)));
  }

  private static double number(List<String> options, String name, double otherwise) {
    String text = RelOptions.find(options, name);
    return text == null ? otherwise : Double.parseDouble(text);
  }

  /// Whether a table needs a vacuum.
  ///
  /// @param tuples `pg_class.reltuples`; negative where it was never counted
  public boolean vacuum(RelationStatistics table, double tuples) {
    double rows = Math.max(0, tuples);
    return enabled
        && (table.deadTuples() > vacuumBase + vacuumScale * rows
            || (insertBase >= 0 && table.insertedSinceVacuum() > insertBase + insertScale * rows));
  }

  /// Whether a table needs an analyze.
  ///
  /// @param tuples `pg_class.reltuples`; negative where it was never counted
  public boolean analyze(RelationStatistics table, double tuples) {
    return enabled
        && table.modifiedSinceAnalyze() > analyzeBase + analyzeScale * Math.max(0, tuples);
  }

  /// What a worker may spend before it sleeps, when so many share the limit.
  public long shareOfLimit(int workers) {
    return ownCost ? costLimit : Math.max(1, costLimit / Math.max(1, workers));
  }
}
