package dev.lifeline.access.transam;

/// What a start had to do before the server could be used.
///
/// @param needed false after a clean shutdown
/// @param redoStartLsn where redo began, 0 when there was none
/// @param redoEndLsn the end of the last record
/// @param records that were redone
public record RecoveryReport(
    boolean needed, long redoStartLsn, long redoEndLsn, long records, double elapsedSeconds) {}
