package dev.lifeline.utils.activity;

/// A row of `pg_stat_progress_vacuum`.
///
/// @param phase as the view has it
public record VacuumProgress(
    int pid,
    int databaseOid,
    int relationOid,
    String phase,
    long heapBlksTotal,
    long heapBlksScanned,
    long heapBlksVacuumed,
    long indexVacuumCount,
    long maxDeadTuples,
    long numDeadTuples) {}
