package dev.lifeline.executor;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The client's side of `COPY ... TO STDOUT`.
public interface CopySink {
  /// Sends a row, in a message of its own (CopyData): there are clients that read rows, not bytes.
  void send(Buffer row);

  /// Null where more can be sent at once, else what to wait for before the next rows.
  @Nullable Future<Void> room();

  /// Tells the client that this was all (CopyDone).
  void end();
}
