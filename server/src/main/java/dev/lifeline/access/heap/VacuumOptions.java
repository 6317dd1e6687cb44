package dev.lifeline.access.heap;

/// How a table is vacuumed, and how events call it.
///
/// @param truncate give empty pages at the end back to the file system, if nobody else uses the
///   table at that moment
/// @param freezeMinAge tuples whose xids are older than that are frozen
/// @param aggressive look at every page that is not frozen, so that afterwards the oldest xid of
///   the table is known
/// @param disablePageSkipping look at every page, whatever the visibility map says
/// @param autovacuum who asked for it
/// @param cause the event that it follows from; 0 where there is none
/// @param guard the relation whose lock keeps everybody out of the table: the table itself, or the
///   one whose long values it holds; 0 for the table itself
/// @param gated the guard is a system catalog, which is used without a lock, too: those who do so
///   are kept out by its [TruncationGate]
/// @param indexCleanup whether it goes over the indexes
public record VacuumOptions(
    String database,
    String schema,
    String table,
    boolean truncate,
    long freezeMinAge,
    boolean aggressive,
    boolean autovacuum,
    boolean disablePageSkipping,
    long cause,
    int guard,
    boolean gated,
    IndexCleanup indexCleanup) {

  /// The default of `vacuum_freeze_min_age`.
  private static final long FREEZE_MIN_AGE = 50_000_000;

  /// Without a cause: somebody has asked for it.
  ///
  /// @param freeze all that everybody sees
  public VacuumOptions(
      String database,
      String schema,
      String table,
      boolean truncate,
      boolean freeze,
      boolean autovacuum) {
    this(
        database,
        schema,
        table,
        truncate,
        freeze ? 0 : FREEZE_MIN_AGE,
        freeze,
        autovacuum,
        false,
        0,
        0,
        false,
        IndexCleanup.ON);
  }
}
