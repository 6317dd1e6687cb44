package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;

/// Destinations without a client behind them.
final class Destinations {
  /// For statements that return no rows.
  static final DestReceiver NONE =
      (batch, from, to) -> {
        throw new IllegalStateException("a statement without result columns has sent rows");
      };

  private Destinations() {}
}
