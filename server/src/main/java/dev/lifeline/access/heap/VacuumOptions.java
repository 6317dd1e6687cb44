package dev.lifeline.access.heap;

/// How a table is vacuumed, and how events call it.
///
/// @param truncate give empty pages at the end back to the file system, if nobody else uses the
///   table at that moment
/// @param freeze freeze every tuple that everybody sees
/// @param autovacuum who asked for it
public record VacuumOptions(
    String database,
    String schema,
    String table,
    boolean truncate,
    boolean freeze,
    boolean autovacuum) {}
