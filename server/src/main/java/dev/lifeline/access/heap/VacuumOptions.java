package dev.lifeline.access.heap;

/// How a table is vacuumed, and how events call it.
///
/// @param truncate give empty pages at the end back to the file system, if nobody else uses the
///   table at that moment
/// @param freeze freeze every tuple that everybody sees
/// @param disablePageSkipping look at every page, whatever the visibility map says
/// @param autovacuum who asked for it
/// @param cause the event that it follows from; 0 where there is none
/// @param guard the relation whose lock keeps everybody out of the table: the table itself, or the
///   one whose long values it holds; 0 for the table itself
public record VacuumOptions(
    String database,
    String schema,
    String table,
    boolean truncate,
    boolean freeze,
    boolean autovacuum,
    boolean disablePageSkipping,
    long cause,
    int guard) {

  /// Without a cause: somebody has asked for it.
  public VacuumOptions(
      String database,
      String schema,
      String table,
      boolean truncate,
      boolean freeze,
      boolean autovacuum) {
    this(database, schema, table, truncate, freeze, autovacuum, false, 0, 0);
  }
}
