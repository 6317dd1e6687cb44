package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// A node of a plan that is being executed. See the package's rules.
public interface Operator {
  /// The next rows, or null where there are no more.
  @Nullable Batch next();

  /// Starts over, with the parameters as they are now. What has been computed and does not depend
  /// on them may be kept.
  void rescan();

  /// Lets go of everything. May be called at any time, and more than once.
  void close();
}
