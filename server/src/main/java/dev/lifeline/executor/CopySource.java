package dev.lifeline.executor;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The client's side of `COPY ... FROM STDIN`.
public interface CopySource {
  /// The next piece of the client's data, cut anywhere; null at its end (CopyDone). Fails with
  /// 57014 when the client gives up (CopyFail). At most one call is outstanding, and the client is
  /// not read from before the next one.
  Future<@Nullable Buffer> next();
}
