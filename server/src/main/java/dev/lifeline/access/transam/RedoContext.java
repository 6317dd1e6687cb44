package dev.lifeline.access.transam;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// The pages of the record that is being redone.
public interface RedoContext {
  /// True when the page is there and older than the record. False when it has the change already,
  /// was just restored from the record's full image, or was truncated away later.
  ///
  /// A page that was registered with [WalRecordBuilder#WILL_INIT] comes as zeros.
  boolean needsRedo(int blockId);

  /// The memory of the buffer pool.
  MemorySegment memory();

  /// Where the block's page is in [#memory()]; only if it is [#present].
  long page(int blockId);

  /// The page is there, whether or not it needs redo.
  boolean present(int blockId);

  /// Does something that takes time, once: throws NotYet until it is done, and the record is then
  /// redone from its beginning. Several in one record are told apart by their order.
  void waitFor(Supplier<Future<Void>> step);
}
