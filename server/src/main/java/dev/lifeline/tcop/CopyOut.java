package dev.lifeline.tcop;

import dev.lifeline.executor.CopySink;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.utils.adt.ByteWriter;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// The data of COPY TO STDOUT on its way to the client.
record CopyOut(BackendWriter writer, ClientRoom client) implements CopySink {
  @Override
  public void send(ByteWriter row) {
    writer.copyData(row.array(), row.size());
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
