package dev.lifeline.executor;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The client's side of `COPY ... TO STDOUT`.
public interface CopySink {
  /// Sends a piece of the data (CopyData).
  ///
  /// @return null where more can be sent at once, else what to wait for before the next call
  @Nullable Future<Void> send(Buffer data);

  /// Tells the client that this was all (CopyDone).
  void end();
}
