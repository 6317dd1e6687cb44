package dev.lifeline.events.state;

/// Sums over the whole log that a count of events does not give.
///
/// @param connections clients that are let in now
/// @param walBytes bytes of WAL that were flushed
/// @param groupCommits commits that flushes made durable
/// @param statementRows rows of the statements on the log
/// @param buffersWritten pages that checkpoints wrote
/// @param buffersBackend pages that backends had to write themselves
/// @param tuplesRemoved dead rows that vacuum removed
/// @param dropped events that could not be kept
public record Totals(
    int connections,
    long walBytes,
    long groupCommits,
    long statementRows,
    long buffersWritten,
    long buffersBackend,
    long tuplesRemoved,
    long dropped) {

  static final Totals ZERO = new Totals(0, 0, 0, 0, 0, 0, 0, 0);

  Totals withConnections(int now) {
    return new Totals(
        now,
        walBytes,
        groupCommits,
        statementRows,
        buffersWritten,
        buffersBackend,
        tuplesRemoved,
        dropped);
  }

  Totals plusFlush(long bytes, int commits) {
    return new Totals(
        connections,
        walBytes + bytes,
        groupCommits + commits,
        statementRows,
        buffersWritten,
        buffersBackend,
        tuplesRemoved,
        dropped);
  }

  Totals plusRows(long rows) {
    return new Totals(
        connections,
        walBytes,
        groupCommits,
        statementRows + rows,
        buffersWritten,
        buffersBackend,
        tuplesRemoved,
        dropped);
  }

  Totals plusWritten(long byCheckpoint, long byBackends) {
    return new Totals(
        connections,
        walBytes,
        groupCommits,
        statementRows,
        buffersWritten + byCheckpoint,
        buffersBackend + byBackends,
        tuplesRemoved,
        dropped);
  }

  Totals plusTuplesRemoved(long removed) {
    return new Totals(
        connections,
        walBytes,
        groupCommits,
        statementRows,
        buffersWritten,
        buffersBackend,
        tuplesRemoved + removed,
        dropped);
  }

  Totals plusDropped(long more) {
    return new Totals(
        connections,
        walBytes,
        groupCommits,
        statementRows,
        buffersWritten,
        buffersBackend,
        tuplesRemoved,
        dropped + more);
  }
}
