package dev.lifeline.access.transam;

import io.vertx.core.Future;

/// What replication keeps beside the data: slots and the progress of origins. The room above has
/// it; recovery and checkpoints tell it when to come up and when to be durable.
public interface ReplicationState {
  /// No replication.
  ReplicationState NONE =
      new ReplicationState() {
        @Override
        public Future<Void> startup() {
          return Future.succeededFuture();
        }

        @Override
        public void committed(LogicalRecords.Origin origin, long localEndLsn) {}

        @Override
        public Future<Void> checkpoint(long redoLsn, long endLsn) {
          return Future.succeededFuture();
        }

        @Override
        public long keepFrom() {
          return Long.MAX_VALUE;
        }
      };

  /// Reads what is on the disk; before redo.
  Future<Void> startup();

  /// A transaction of that origin was committed, or its commit was repeated by redo.
  void committed(LogicalRecords.Origin origin, long localEndLsn);

  /// Makes it durable: redo will begin at this point. Afterwards [#keepFrom] is what slots really
  /// keep, those that keep too much are given up.
  ///
  /// @param endLsn where the WAL ends now
  Future<Void> checkpoint(long redoLsn, long endLsn);

  /// WAL before this point is nobody's; `Long.MAX_VALUE` when nobody needs any.
  long keepFrom();
}
