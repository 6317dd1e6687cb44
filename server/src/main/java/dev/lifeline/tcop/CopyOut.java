package dev.lifeline.tcop;

import dev.lifeline.executor.CopySink;
import dev.lifeline.libpq.BackendWriter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The data of COPY TO STDOUT on its way to the client.
record CopyOut(BackendWriter writer, ClientRoom room) implements CopySink {
  @Override
  public @Nullable Future<Void> send(Buffer data) {
    writer.copyData(data);
    return room.await();
  }

  @Override
  public void end() {
    writer.copyDone();
  }
}
