package dev.lifeline.tcop;

import dev.lifeline.executor.CopySink;
import dev.lifeline.libpq.BackendWriter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The data of COPY TO STDOUT on its way to the client.
record CopyOut(BackendWriter writer, ClientRoom client) implements CopySink {
  @Override
  public void send(Buffer row) {
    writer.copyData(row);
  }

  @Override
  public @Nullable Future<Void> room() {
    return client.await();
  }

  @Override
  public void end() {
    writer.copyDone();
  }
}
