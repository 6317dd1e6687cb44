package dev.lifeline.utils.activity;

/// A row of `pg_stat_progress_cluster`: of CLUSTER and of VACUUM FULL.
///
/// @param phase as the view has it
/// @param clusterIndexOid 0 where the rows keep their order
public record ClusterProgress(
    int pid,
    int databaseOid,
    int relationOid,
    String command,
    String phase,
    int clusterIndexOid,
    long heapTuplesScanned,
    long heapTuplesWritten,
    long heapBlksTotal,
    long heapBlksScanned,
    long indexRebuildCount) {}
