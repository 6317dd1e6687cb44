package dev.lifeline.sim;

/// What a client knows of its transaction.
enum Outcome {
  /// It was acknowledged: it must be there, whatever happens.
  COMMITTED,
  /// It was rolled back, or nobody ever asked for its commit: nothing of it may ever be seen.
  ABORTED,
  /// The commit was asked for and no answer came, or the answer did not promise durability: it is
  /// there whole or not at all.
  UNKNOWN
}
