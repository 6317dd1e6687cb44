package dev.lifeline.executor;

import dev.lifeline.utils.adt.ByteWriter;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// The client's side of `COPY ... TO STDOUT`.
public interface CopySink {
  /// Sends a row, in a message of its own (CopyData): there are clients that read rows, not bytes.
  ///
  /// @param row may be used again when this returns
  void send(ByteWriter row);

  /// Null where more can be sent at once, else what to wait for before the next rows.
  @Nullable Future<Void> room();

  /// Tells the client that this was all (CopyDone).
  void end();
}
