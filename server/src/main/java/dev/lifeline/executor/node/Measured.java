package dev.lifeline.executor.node;

import java.util.Map;

/// An operator with figures of its own for EXPLAIN ANALYZE, beside rows and times.
public interface Measured {
  /// The figures under the names that EXPLAIN's JSON has for them, in its order.
  Map<String, Long> figures();
}
