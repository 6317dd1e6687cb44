package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import io.vertx.core.Future;

/// The execution of a statement that is done at once.
///
/// @param tag its command tag
record OneStep(Runnable action, String tag) implements Execution {
  @Override
  public Future<Boolean> run(DestReceiver destination, long maxRows) {
    action.run();
    return Future.succeededFuture(true);
  }

  @Override
  public String completionTag() {
    return tag;
  }

  @Override
  public void close() {}
}
