package dev.lifeline.utils.activity;

/// A row of `pg_stat_progress_create_index`: of CREATE INDEX and of REINDEX.
///
/// @param phase as the view has it
public record CreateIndexProgress(
    int pid,
    int databaseOid,
    int relationOid,
    int indexOid,
    String command,
    String phase,
    long blocksTotal,
    long blocksDone,
    long tuplesTotal,
    long tuplesDone) {}
