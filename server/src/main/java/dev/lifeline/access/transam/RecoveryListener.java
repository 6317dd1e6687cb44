package dev.lifeline.access.transam;

import dev.lifeline.utils.error.PgException;

/// What the startup process tells the server log while it brings the data directory up. Called in
/// this order.
public interface RecoveryListener {
  /// For who has no log.
  RecoveryListener NONE =
      new RecoveryListener() {
        @Override
        public void found(ControlData control) {}

        @Override
        public void recoveryBegins() {}

        @Override
        public void redoStarts(long lsn) {}

        @Override
        public void redoInProgress(long lsn, long elapsedNanos) {}

        @Override
        public void endOfWal(String reason) {}

        @Override
        public void redoDone(long lastRecordLsn, long elapsedNanos) {}

        @Override
        public void redoNotRequired() {}

        @Override
        public void orphanRemoved(String path) {}

        @Override
        public void report(PgException message) {}
      };

  /// The control file was read: how the last run ended, and when.
  void found(ControlData control);

  /// The server did not end in good order.
  void recoveryBegins();

  /// The first record that is redone begins here.
  void redoStarts(long lsn);

  /// Redo takes its time.
  void redoInProgress(long lsn, long elapsedNanos);

  /// Why what follows the last record is none.
  void endOfWal(String reason);

  /// Everything is redone.
  void redoDone(long lastRecordLsn, long elapsedNanos);

  /// There was nothing after the checkpoint.
  void redoNotRequired();

  /// A file or directory that no catalog knows of was left by the crash, and is gone now.
  void orphanRemoved(String path);

  /// What only a recovery from an archive has to say; at any time.
  void report(PgException message);
}
