package dev.lifeline.storage.buffer;

import io.vertx.core.Future;

/// What the buffer pool needs of the write-ahead log. Declared here because storage knows nothing
/// of access; the log implements it.
public interface WalFlush {
  /// Everything before this LSN is durable.
  long flushedLsn();

  /// Completes when everything before the LSN is durable. It cannot fail: a WAL that cannot be
  /// flushed is a PANIC, after which nothing completes any more.
  Future<Void> flush(long lsn);

  /// Where redo would begin: a page with this LSN or a smaller one has no full image after it.
  long redoLsn();
}
