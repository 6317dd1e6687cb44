package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageChecksum;
import dev.lifeline.storage.page.PageLayout;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntBinaryOperator;

/// Writes other visibility maps than it gets, with a checksum that fits.
final class VisibilityMapSpoiler extends DiskWrapper {
  /// Bytes of a map that blocks of small tables are in.
  private static final int BYTES = 16;

  private final IntBinaryOperator spoil;
  private final Map<String, int[]> written = new HashMap<>();

  /// @param spoil makes a byte of the map of what was written there before, and of what is to be
  ///   now
  VisibilityMapSpoiler(Disk disk, IntBinaryOperator spoil) {
    super(disk);
    this.spoil = spoil;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    if (!file.path().endsWith("_vm")) {
      return super.wrap(file);
    }
    return new ForwardingFile(file) {
      @Override
      public Future<Void> write(MemorySegment from, long offset) {
        boolean first = offset == 0 && from.byteSize() == PageLayout.PAGE_SIZE;
        return super.write(first ? spoiled(path(), from) : from, offset);
      }
    };
  }

  private MemorySegment spoiled(String path, MemorySegment page) {
    MemorySegment copy = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8).copyFrom(page);
    if (PageLayout.isNew(copy, 0)) {
      return copy;
    }
    int[] before = written.computeIfAbsent(path, ignored -> new int[BYTES]);
    for (int i = 0; i < BYTES; i++) {
      long at = (long) PageLayout.HEADER_SIZE + i;
      before[i] = spoil.applyAsInt(before[i], copy.get(PageLayout.BYTE, at) & 0xff) & 0xff;
      copy.set(PageLayout.BYTE, at, (byte) before[i]);
    }
    PageLayout.setChecksum(copy, 0, PageChecksum.of(copy, 0, 0));
    return copy;
  }
}
