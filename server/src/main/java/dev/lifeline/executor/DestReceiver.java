package dev.lifeline.executor;

import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// Where the rows of a statement go: a client's socket, or a statement that uses them.
public interface DestReceiver {
  /// Takes the rows `from` (inclusive) to `to` (exclusive). The batch is the sender's and is filled
  /// anew afterwards.
  ///
  /// @return null where more can be taken at once, else what to wait for before the next call
  @Nullable Future<Void> receive(Batch batch, int from, int to);
}
