package dev.lifeline.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Redo ends with the pages that the changes themselves made, byte for byte, but for what is a hint
/// or only meant something to a transaction that a crash has ended.
class RedoTest {
  private static final int LEAF_OR_INNER_FLAGS = PageLayout.PAGE_SIZE - 16 + 10;
  private static final int HAS_GARBAGE = 0x40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void redoRepeatsWhatHappened(long seed) {
    Random random = new Random(seed);
    StorageFixture storage =
        new StorageFixture(StorageFixture.config(4096).withWal(seed % 4 < 2, true, true));
    Session session = storage.session(1);
    Workload workload = new Workload(storage, session, random);
    workload.run(300);
    if (seed % 2 == 0) {
      storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
      workload.run(200);
    }
    storage.await(storage.shared.wal().flush(storage.shared.wal().insertLsn()));
    MemoryDisk crashed = storage.disk.copy();

    StorageFixture again = new StorageFixture(StorageFixture.config(4096), crashed);
    Session reader = again.session(1);
    Table table = again.heap.open(workload.table.file(), 30000, 90);
    BTree index = again.btrees.open(workload.index.file(), 30001, table);
    compare(storage, again, workload.table.file(), true);
    compare(storage, again, workload.index.file(), false);
    assertEquals(workload.expected(), Workload.content(again, reader, table));
    assertEquals(List.of(), again.problems(table, index));
    assertEquals(workload.expected(), Workload.content(storage, session, workload.table));
    assertEquals(List.of(), storage.problems(workload.table, workload.index));
  }

  private static void compare(
      StorageFixture forward, StorageFixture redone, RelFileLocator file, boolean heap) {
    List<MemorySegment> expected = pages(forward, file);
    List<MemorySegment> actual = pages(redone, file);
    assertTrue(expected.size() > 3, "too little work: " + expected.size() + " pages");
    // A file is extended by more than one block at a time: behind what was used there may be zeros.
    assertTrue(expected.size() <= actual.size(), "lost blocks of " + file);
    for (int block = expected.size(); block < actual.size(); block++) {
      assertTrue(PageLayout.isNew(actual.get(block), 0), file + " block " + block + " is used");
    }
    for (int block = 0; block < expected.size(); block++) {
      MemorySegment a = expected.get(block);
      MemorySegment b = actual.get(block);
      mask(a, heap);
      mask(b, heap);
      int at = (int) a.mismatch(b);
      assertEquals(-1, at, file + " block " + block + " differs at " + at);
    }
  }

  private static List<MemorySegment> pages(StorageFixture storage, RelFileLocator file) {
    var buffers = storage.shared.buffers();
    List<MemorySegment> pages = new ArrayList<>();
    int blocks = storage.run(() -> buffers.blocks(file, Fork.MAIN));
    for (int i = 0; i < blocks; i++) {
      int block = i;
      int buf = storage.run(() -> buffers.pin(file, Fork.MAIN, block));
      MemorySegment copy = MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]);
      MemorySegment.copy(buffers.memory(), buffers.offset(buf), copy, 0, PageLayout.PAGE_SIZE);
      buffers.unpin(buf);
      pages.add(copy);
    }
    return pages;
  }

  private static void mask(MemorySegment m, boolean heap) {
    if (PageLayout.isNew(m, 0)) {
      return;
    }
    PageLayout.setChecksum(m, 0, 0);
    PageLayout.setFlags(m, 0, 0);
    PageLayout.setPruneXid(m, 0, 0);
    int lower = PageLayout.lower(m, 0);
    m.asSlice(lower, PageLayout.upper(m, 0) - lower).fill((byte) 0);
    if (heap) {
      maskTuples(m);
    } else if (PageLayout.special(m, 0) < PageLayout.PAGE_SIZE) {
      maskEntries(m);
    }
  }

  /// Hint bits, combo flag and command id; and the bytes between items, which alignment leaves.
  private static void maskTuples(MemorySegment m) {
    MemorySegment clean = MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]);
    MemorySegment.copy(m, 0, clean, 0, PageLayout.lower(m, 0));
    for (int i = 1; i <= PageItems.count(m, 0); i++) {
      int id = PageItems.id(m, 0, i);
      if (ItemId.isNormal(id)) {
        int at = ItemId.offset(id);
        int infomask = m.get(PageLayout.SHORT, at + 26) & ~0x8F;
        m.set(PageLayout.SHORT, at + 26, (short) infomask);
        m.set(PageLayout.INT, at + 16, 0);
        MemorySegment.copy(m, at, clean, at, ItemId.length(id));
      }
    }
    MemorySegment.copy(clean, 0, m, 0, PageLayout.PAGE_SIZE);
  }

  private static void maskEntries(MemorySegment m) {
    int flags = m.get(PageLayout.SHORT, LEAF_OR_INNER_FLAGS);
    if ((flags & 0x08) != 0) {
      return; // the meta page has no entries
    }
    m.set(PageLayout.SHORT, LEAF_OR_INNER_FLAGS, (short) (flags & ~HAS_GARBAGE));
    for (int i = 1; i <= PageItems.count(m, 0); i++) {
      int id = PageItems.id(m, 0, i);
      PageItems.setId(m, 0, i, ItemId.pack(ItemId.offset(id), ItemId.NORMAL, ItemId.length(id)));
    }
  }
}
