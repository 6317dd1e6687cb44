package dev.lifeline.tcop;

/// What one backend, or the postmaster, can tell another backend to do.
public enum BackendSignal {
  /// `pg_cancel_backend`: SIGINT.
  CANCEL,
  /// `pg_terminate_backend`: SIGTERM.
  TERMINATE,
  /// `lifeline_crash_backend`: as if the process had died in the middle of what it does.
  CRASH
}
