package dev.lifeline.access.nbtree;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks the invariants of a B-tree that nobody is changing: order within and across pages, high
/// keys, sibling links, levels, and that each downlink leads to the page whose range it names.
///
/// It copies the index page by page ([#step], which may throw NotYet) and then looks at the copies.
public final class BTreeVerifier {
  /// A leaf entry.
  @SuppressWarnings("ArrayRecordComponent")
  public record Entry(byte[] key, long tid, boolean dead) {}

  private final BTree tree;
  private final List<MemorySegment> pages = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Set<Integer> reached = new HashSet<>();

  public BTreeVerifier(BTree tree) {
    this.tree = tree;
  }

  /// Reads one page; when there is none left, checks them all.
  ///
  /// @return false when done
  public boolean step() {
    BufferPool buffers = tree.buffers();
    int block = pages.size();
    if (block < tree.blocks()) {
      int buf = buffers.pin(tree.file(), Fork.MAIN, block);
      buffers.lockShared(buf);
      pages.add(BTreePage.copy(buffers.memory(), buffers.offset(buf)));
      buffers.release(buf);
      return true;
    }
    verify();
    return false;
  }

  /// What is wrong, empty when nothing is.
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /// The leaf entries in the order of the index.
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  private void problem(String text) {
    if (problems.size() < 100) {
      problems.add(text);
    }
  }

  private void verify() {
    if (pages.isEmpty() || !BTreePage.isMeta(pages.getFirst(), 0)) {
      problem("block 0 is not a meta page");
      return;
    }
    int block = BTreePage.metaRoot(pages.getFirst(), 0);
    int level = BTreePage.metaLevel(pages.getFirst(), 0);
    if (!exists(block) || !BTreePage.has(pages.get(block), 0, BTreePage.ROOT)) {
      problem("the meta page's root %d is not a root".formatted(block));
      return;
    }
    // The children of a level by the downlinks of the one above.
    Map<Integer, byte[]> expected = new HashMap<>();
    while (level >= 0 && exists(block)) {
      expected = verifyLevel(block, level, expected);
      MemorySegment page = pages.get(block);
      if (level > 0) {
        int first = BTreePage.first(page, 0);
        if (BTreePage.count(page, 0) < first) {
          problem("inner page %d is empty".formatted(block));
          return;
        }
        block = BTreePage.child(page, BTreePage.item(page, 0, first));
      }
      level--;
    }
    for (int i = 1; i < pages.size(); i++) {
      MemorySegment page = pages.get(i);
      boolean inTree = !PageLayout.isNew(page, 0) && !BTreePage.isDeleted(page, 0);
      if (inTree != reached.contains(i)) {
        problem((inTree ? "page %d is not reachable" : "page %d is deleted").formatted(i));
      }
    }
  }

  private boolean exists(int block) {
    if (block < 1 || block >= pages.size() || PageLayout.isNew(pages.get(block), 0)) {
      problem("block %d does not exist".formatted(block));
      return false;
    }
    return true;
  }

  /// Goes along a level from its leftmost page.
  ///
  /// @param lowerBounds for the children that have a downlink, the pivot of it
  /// @return the same for the level below
  private Map<Integer, byte[]> verifyLevel(
      int leftmost, int level, Map<Integer, byte[]> lowerBounds) {
    Map<Integer, byte[]> below = new HashMap<>();
    Set<Integer> seen = new HashSet<>();
    int previous = BTreePage.NONE;
    int block = leftmost;
    byte[] previousHigh = {};
    boolean previousIncomplete = false;
    while (block != BTreePage.NONE && exists(block)) {
      if (!seen.add(block)) {
        problem("level %d has a circle at page %d".formatted(level, block));
        return below;
      }
      reached.add(block);
      MemorySegment page = pages.get(block);
      if (!checkLayout(block, page, level)) {
        return below;
      }
      if (BTreePage.prev(page, 0) != previous) {
        problem(
            "page %d: left link %d, not %d".formatted(block, BTreePage.prev(page, 0), previous));
      }
      checkDownlink(block, level, lowerBounds, previousHigh, previousIncomplete);
      checkItems(block, page, level, previousHigh, below);
      previousIncomplete = BTreePage.has(page, 0, BTreePage.INCOMPLETE_SPLIT);
      previousHigh = BTreePage.isRightmost(page, 0) ? new byte[0] : BTreePage.copyItem(page, 0, 1);
      previous = block;
      block = BTreePage.next(page, 0);
    }
    for (int child : lowerBounds.keySet()) {
      if (!seen.contains(child)) {
        problem("level %d: downlink to page %d, which is not on it".formatted(level, child));
      }
    }
    return below;
  }

  private boolean checkLayout(int block, MemorySegment page, int level) {
    if (!PageLayout.isValid(page, 0)
        || PageLayout.special(page, 0) != PageLayout.PAGE_SIZE - BTreePage.SPECIAL_SIZE) {
      problem("page %d: broken header".formatted(block));
      return false;
    }
    if (BTreePage.level(page, 0) != level || BTreePage.isLeaf(page, 0) != (level == 0)) {
      problem("page %d: level %d, not %d".formatted(block, BTreePage.level(page, 0), level));
      return false;
    }
    int upper = PageLayout.upper(page, 0);
    int total = 0;
    for (int i = 1; i <= BTreePage.count(page, 0); i++) {
      int id = PageItems.id(page, 0, i);
      int end = ItemId.offset(id) + ItemId.length(id);
      if (ItemId.offset(id) < upper || end > PageLayout.special(page, 0)) {
        problem("page %d: item %d is outside".formatted(block, i));
        return false;
      }
      total += ItemId.length(id);
    }
    if (total != PageLayout.special(page, 0) - upper) {
      problem("page %d: items do not fill their space".formatted(block));
    }
    return true;
  }

  private void checkDownlink(
      int block,
      int level,
      Map<Integer, byte[]> lowerBounds,
      byte[] previousHigh,
      boolean previousIncomplete) {
    if (level == BTreePage.metaLevel(pages.getFirst(), 0)) {
      return;
    }
    byte[] bound = lowerBounds.get(block);
    if (bound == null) {
      if (!previousIncomplete) {
        problem("page %d has no downlink".formatted(block));
      }
    } else if (previousHigh.length > 0 && !samePivot(bound, previousHigh)) {
      problem("page %d: its downlink's key is not the left sibling's high key".formatted(block));
    }
  }

  private static boolean samePivot(byte[] a, byte[] b) {
    return Arrays.equals(a, 4, a.length, b, 4, b.length);
  }

  private void checkItems(
      int block, MemorySegment page, int level, byte[] low, Map<Integer, byte[]> below) {
    int count = BTreePage.count(page, 0);
    int first = BTreePage.first(page, 0);
    byte[] lowKey =
        low.length == 0 ? new byte[0] : Arrays.copyOfRange(low, BTreePage.PIVOT_KEY, low.length);
    long lowTid = low.length == 0 ? 0 : BTreePage.pivotTid(MemorySegment.ofArray(low), 0);
    SearchKey previous = new SearchKey(lowKey, lowTid);
    boolean strict = false;
    for (int i = first; i <= count; i++) {
      byte[] item = BTreePage.copyItem(page, 0, i);
      MemorySegment m = MemorySegment.ofArray(item);
      byte[] key;
      long tid;
      if (level == 0) {
        key = Arrays.copyOfRange(item, BTreePage.LEAF_KEY, item.length);
        tid = BTreePage.tid(m, 0);
        entries.add(new Entry(key, tid, BTreePage.isDead(page, 0, i)));
      } else {
        key = Arrays.copyOfRange(item, BTreePage.PIVOT_KEY, item.length);
        tid = BTreePage.pivotTid(m, 0);
        byte[] bound = i == first ? low : item;
        if (below.put(BTreePage.child(m, 0), bound) != null) {
          problem("page %d: two downlinks to page %d".formatted(block, BTreePage.child(m, 0)));
        }
        if (i == first) {
          continue;
        }
      }
      int order = compare(previous, key, tid);
      if (order > 0 || (strict && order == 0)) {
        problem("page %d: item %d is out of order".formatted(block, i));
      }
      if (first == 2 && BTreePage.comparePivot(page, 0, 1, new SearchKey(key, tid)) >= 0) {
        problem("page %d: item %d is not below the high key".formatted(block, i));
      }
      previous = new SearchKey(key, tid);
      strict = true;
    }
  }

  private static int compare(SearchKey a, byte[] key, long tid) {
    int byKey = Arrays.compareUnsigned(a.key(), key);
    return byKey != 0 ? byKey : Long.compare(a.tid, tid);
  }
}
