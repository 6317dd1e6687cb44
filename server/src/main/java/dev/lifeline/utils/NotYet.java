package dev.lifeline.utils;

import io.vertx.core.Future;

/// "Not yet": an operation of the storage would have to wait (for a page that is not in memory, for
/// a row's or a table's lock, for room in the WAL buffers) and has changed nothing. Whoever drives
/// the statement waits for [#until] and then calls the very same operation again.
///
/// It is a signal, not an error, and so has neither a stack nor a message. The rules:
///
/// 1. An operation throws it only before its first change, so that calling it again is harmless.
/// 2. No latch and no pin is held when it leaves the storage.
/// 3. An operator keeps its position in fields and consumes what its input gave it before it asks
///    for more, so that pulling it again continues where it stopped.
/// 4. Only the driver of a statement catches it; everybody between lets it pass.
public final class NotYet extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Future<?> until;

  public NotYet(Future<?> until) {
    super(null, null, false, false);
    this.until = until;
  }

  /// Completes when it is worth calling again. A failure of it is the failure of the operation.
  public Future<?> until() {
    return until;
  }
}
