package dev.lifeline.events;

/// Ends of transactions that have a transaction id; those that only read leave no event.
public sealed interface TransactionEvent extends LifecycleEvent {

  record Committed(long xid, double durationMs, long commitLsn) implements TransactionEvent {}

  record RolledBack(long xid, double durationMs) implements TransactionEvent {}

  record Prepared(long xid, String gid, double durationMs, long prepareLsn)
      implements TransactionEvent {}
}
