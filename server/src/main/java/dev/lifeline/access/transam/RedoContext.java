package dev.lifeline.access.transam;

import java.lang.foreign.MemorySegment;

/// The pages of the record that is being redone.
public interface RedoContext {
  /// True when the page is there and older than the record. False when it has the change already,
  /// was just restored from the record's full image, or was truncated away later.
  ///
  /// A page that was registered with [WalRecordBuilder#WILL_INIT] comes as zeros.
  boolean needsRedo(int blockId);

  /// The memory of the buffer pool.
  MemorySegment memory();

  /// Where the block's page is in [#memory()]; only if it needs redo.
  long page(int blockId);

  /// A page was read and has a full image or is up to date: true also when [#needsRedo] is not.
  boolean present(int blockId);
}
