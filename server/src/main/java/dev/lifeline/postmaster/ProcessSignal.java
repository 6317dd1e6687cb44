package dev.lifeline.postmaster;

/// What the postmaster tells a process: PostgreSQL's signals, by what they mean to a child.
public enum ProcessSignal {
  /// Read the configuration again.
  SIGHUP,
  /// Cancel what you do; to the autovacuum launcher and workers as to a backend.
  SIGINT,
  /// End in good order.
  SIGTERM,
  /// End at once, without touching shared memory.
  SIGQUIT,
  /// To the checkpointer: make the shutdown checkpoint and end. To a walsender: send what is left
  /// and end. To the archiver: archive what is left and end.
  SIGUSR2,
  /// It did not end when it was told to: it is ended.
  SIGKILL
}
