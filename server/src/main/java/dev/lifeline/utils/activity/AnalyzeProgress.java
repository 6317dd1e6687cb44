package dev.lifeline.utils.activity;

/// A row of `pg_stat_progress_analyze`.
///
/// @param phase as the view has it
public record AnalyzeProgress(
    int pid,
    int databaseOid,
    int relationOid,
    String phase,
    long sampleBlksTotal,
    long sampleBlksScanned) {}
