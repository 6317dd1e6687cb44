package dev.lifeline.access.nbtree;

import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.table.Tid;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The layout of B-tree pages; the README of this room has the tables.
///
/// Line pointers are in the order of the entries. On a page that has a right sibling the first one
/// is the high key: every entry of the page is less than it, every entry to the right is not. Items
/// are packed without gaps. All methods take the memory and the offset of the page, or of an item,
/// in it.
final class BTreePage {
  static final int SPECIAL_SIZE = 16;
  static final int NONE = 0;

  static final int LEAF = 0x01;
  static final int ROOT = 0x02;

  /// Taken out of the tree; of use only to those who have still its number. It keeps its links.
  static final int DELETED = 0x04;

  static final int META = 0x08;

  /// Some line pointers are marked dead.
  static final int HAS_GARBAGE = 0x40;

  /// The right sibling has no downlink yet.
  static final int INCOMPLETE_SPLIT = 0x80;

  private static final int PREV = PageLayout.PAGE_SIZE - SPECIAL_SIZE;
  private static final int NEXT = PREV + 4;
  private static final int LEVEL = PREV + 8;
  private static final int FLAGS = PREV + 10;
  private static final int CYCLE = PREV + 12;

  /// On a deleted page: the transaction that was next at that time.
  private static final int DELETION_XID = PREV - 8;

  /// Where the key begins in a leaf's entry, behind the tid.
  static final int LEAF_KEY = 6;

  /// Where the key begins in a pivot (an entry of an inner page, or a high key), behind the block
  /// that it leads to and the tid.
  static final int PIVOT_KEY = 10;

  private static final int PIVOT_TID = 4;

  /// Bytes for line pointers and items.
  static final int CAPACITY = PageLayout.PAGE_SIZE - PageLayout.HEADER_SIZE - SPECIAL_SIZE;

  static final int ITEMS_MAX = CAPACITY / (PageLayout.ITEM_ID_SIZE + LEAF_KEY);

  /// The biggest leaf entry: three of them, and so two and a high key, fit on a page.
  static final int ITEM_SIZE_MAX = 2704;

  // The meta page.
  private static final int MAGIC = 0x053162;
  private static final int VERSION = 4;
  private static final int META_MAGIC = PageLayout.HEADER_SIZE;
  private static final int META_VERSION = META_MAGIC + 4;
  private static final int META_ROOT = META_MAGIC + 8;
  private static final int META_LEVEL = META_MAGIC + 12;
  private static final int META_END = META_MAGIC + 16;

  private BTreePage() {}

  static void init(MemorySegment m, long page, int level, int flags) {
    PageLayout.init(m, page, SPECIAL_SIZE);
    m.set(SHORT, page + LEVEL, (short) level);
    setFlags(m, page, flags);
  }

  static void initMeta(MemorySegment m, long page, int root, int level) {
    init(m, page, 0, META);
    m.set(INT, page + META_MAGIC, MAGIC);
    m.set(INT, page + META_VERSION, VERSION);
    setMeta(m, page, root, level);
    PageLayout.setLower(m, page, META_END);
  }

  static void setMeta(MemorySegment m, long page, int root, int level) {
    m.set(INT, page + META_ROOT, root);
    m.set(INT, page + META_LEVEL, level);
  }

  static boolean isMeta(MemorySegment m, long page) {
    return m.get(INT, page + META_MAGIC) == MAGIC && m.get(INT, page + META_VERSION) == VERSION;
  }

  static int metaRoot(MemorySegment m, long page) {
    return m.get(INT, page + META_ROOT);
  }

  static int metaLevel(MemorySegment m, long page) {
    return m.get(INT, page + META_LEVEL);
  }

  static int prev(MemorySegment m, long page) {
    return m.get(INT, page + PREV);
  }

  static void setPrev(MemorySegment m, long page, int block) {
    m.set(INT, page + PREV, block);
  }

  static int next(MemorySegment m, long page) {
    return m.get(INT, page + NEXT);
  }

  static void setNext(MemorySegment m, long page, int block) {
    m.set(INT, page + NEXT, block);
  }

  /// The vacuum during which the page was split, or 0. See [BTreeBulkDelete].
  static int cycle(MemorySegment m, long page) {
    return m.get(INT, page + CYCLE);
  }

  static void setCycle(MemorySegment m, long page, int cycle) {
    m.set(INT, page + CYCLE, cycle);
  }

  /// Makes the page one that has left the tree.
  static void initDeleted(
      MemorySegment m, long page, int level, int prev, int next, long deletionXid) {
    init(m, page, level, level == 0 ? LEAF | DELETED : DELETED);
    setPrev(m, page, prev);
    setNext(m, page, next);
    PageLayout.setUpper(m, page, DELETION_XID);
    m.set(LONG, page + DELETION_XID, deletionXid);
  }

  static boolean isDeleted(MemorySegment m, long page) {
    return has(m, page, DELETED);
  }

  /// Who began before this transaction may still come to a deleted page.
  static long deletionXid(MemorySegment m, long page) {
    return m.get(LONG, page + DELETION_XID);
  }

  static boolean isEmpty(MemorySegment m, long page) {
    return count(m, page) < first(m, page);
  }

  static int level(MemorySegment m, long page) {
    return m.get(SHORT, page + LEVEL);
  }

  static int flags(MemorySegment m, long page) {
    return m.get(SHORT, page + FLAGS) & 0xffff;
  }

  static void setFlags(MemorySegment m, long page, int flags) {
    m.set(SHORT, page + FLAGS, (short) flags);
  }

  static void clearFlag(MemorySegment m, long page, int flag) {
    setFlags(m, page, flags(m, page) & ~flag);
  }

  static boolean has(MemorySegment m, long page, int flag) {
    return (flags(m, page) & flag) != 0;
  }

  static boolean isLeaf(MemorySegment m, long page) {
    return has(m, page, LEAF);
  }

  static boolean isRightmost(MemorySegment m, long page) {
    return next(m, page) == NONE;
  }

  /// The number of the first entry: behind the high key, where there is one.
  static int first(MemorySegment m, long page) {
    return isRightmost(m, page) ? 1 : 2;
  }

  static int count(MemorySegment m, long page) {
    return PageItems.count(m, page);
  }

  static long item(MemorySegment m, long page, int number) {
    return page + ItemId.offset(PageItems.id(m, page, number));
  }

  static int itemLength(MemorySegment m, long page, int number) {
    return ItemId.length(PageItems.id(m, page, number));
  }

  static boolean isDead(MemorySegment m, long page, int number) {
    return ItemId.state(PageItems.id(m, page, number)) == ItemId.DEAD;
  }

  /// Marks an entry as of no more use; its space stays taken. A hint.
  static void markDead(MemorySegment m, long page, int number) {
    int id = PageItems.id(m, page, number);
    PageItems.setId(
        m, page, number, ItemId.pack(ItemId.offset(id), ItemId.DEAD, ItemId.length(id)));
    setFlags(m, page, flags(m, page) | HAS_GARBAGE);
  }

  static long tid(MemorySegment m, long at) {
    return Tid.of(m.get(INT, at), m.get(SHORT, at + 4) & 0xffff);
  }

  static void setTid(MemorySegment m, long at, long tid) {
    m.set(INT, at, Tid.block(tid));
    m.set(SHORT, at + 4, (short) Tid.offset(tid));
  }

  /// Where a pivot leads.
  static int child(MemorySegment m, long item) {
    return m.get(INT, item);
  }

  static void setChild(MemorySegment m, long item, int block) {
    m.set(INT, item, block);
  }

  static long pivotTid(MemorySegment m, long item) {
    return tid(m, item + PIVOT_TID);
  }

  /// A leaf's entry as bytes.
  static byte[] leafItem(byte[] key, long tid) {
    byte[] item = new byte[LEAF_KEY + key.length];
    setTid(MemorySegment.ofArray(item), 0, tid);
    System.arraycopy(key, 0, item, LEAF_KEY, key.length);
    return item;
  }

  /// A pivot as bytes.
  static byte[] pivotItem(int child, byte[] key, int keyLength, long tid) {
    byte[] item = new byte[PIVOT_KEY + keyLength];
    MemorySegment m = MemorySegment.ofArray(item);
    m.set(INT, 0, child);
    setTid(m, PIVOT_TID, tid);
    System.arraycopy(key, 0, item, PIVOT_KEY, keyLength);
    return item;
  }

  static byte[] copyItem(MemorySegment m, long page, int number) {
    byte[] item = new byte[itemLength(m, page, number)];
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, item(m, page, number), item, 0, item.length);
    return item;
  }

  static int freeSpace(MemorySegment m, long page) {
    return PageItems.exactFreeSpace(m, page);
  }

  static boolean fits(MemorySegment m, long page, int itemLength) {
    return freeSpace(m, page) >= itemLength + PageLayout.ITEM_ID_SIZE;
  }

  /// Makes room for an item with this number, moving those behind it up by one, and returns where
  /// it begins. The caller has made sure that it fits.
  static long makeRoom(MemorySegment m, long page, int number, int length) {
    int lower = PageLayout.lower(m, page);
    int upper = PageLayout.upper(m, page) - length;
    long from = page + PageLayout.HEADER_SIZE + (long) (number - 1) * PageLayout.ITEM_ID_SIZE;
    if (upper < lower + PageLayout.ITEM_ID_SIZE || from > page + lower) {
      throw new IllegalStateException("no room for item " + number + " of " + length + " bytes");
    }
    MemorySegment.copy(m, from, m, from + PageLayout.ITEM_ID_SIZE, page + lower - from);
    PageLayout.setLower(m, page, lower + PageLayout.ITEM_ID_SIZE);
    PageLayout.setUpper(m, page, upper);
    PageItems.setId(m, page, number, ItemId.pack(upper, ItemId.NORMAL, length));
    return page + upper;
  }

  static void insert(MemorySegment m, long page, int number, byte[] item) {
    long at = makeRoom(m, page, number, item.length);
    MemorySegment.copy(item, 0, m, ValueLayout.JAVA_BYTE, at, item.length);
  }

  static void insertLeaf(MemorySegment m, long page, int number, byte[] key, long tid) {
    long at = makeRoom(m, page, number, LEAF_KEY + key.length);
    setTid(m, at, tid);
    MemorySegment.copy(key, 0, m, ValueLayout.JAVA_BYTE, at + LEAF_KEY, key.length);
  }

  /// Adds a copy of another page's item at the end.
  static void append(MemorySegment m, long page, MemorySegment from, long fromPage, int number) {
    int length = itemLength(from, fromPage, number);
    long at = makeRoom(m, page, count(m, page) + 1, length);
    MemorySegment.copy(from, item(from, fromPage, number), m, at, length);
  }

  /// Removes items, given by their numbers in ascending order, and moves the others together.
  static void remove(MemorySegment m, long page, short[] numbers, int n) {
    MemorySegment old = copy(m, page);
    int count = count(old, 0);
    PageLayout.setLower(m, page, PageLayout.HEADER_SIZE);
    PageLayout.setUpper(m, page, PageLayout.special(m, page));
    int gone = 0;
    boolean garbage = false;
    for (int i = 1; i <= count; i++) {
      if (gone < n && numbers[gone] == i) {
        gone++;
        continue;
      }
      append(m, page, old, 0, i);
      if (isDead(old, 0, i)) {
        int id = PageItems.id(m, page, i - gone);
        PageItems.setId(
            m, page, i - gone, ItemId.pack(ItemId.offset(id), ItemId.DEAD, ItemId.length(id)));
        garbage = true;
      }
    }
    int flags = flags(m, page) & ~HAS_GARBAGE;
    setFlags(m, page, garbage ? flags | HAS_GARBAGE : flags);
  }

  static MemorySegment copy(MemorySegment m, long page) {
    MemorySegment copy = MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]);
    MemorySegment.copy(m, page, copy, 0, PageLayout.PAGE_SIZE);
    return copy;
  }

  /// The first entry of a leaf that is not less than the key; one past the last when all are less.
  static int lowerBound(MemorySegment m, long page, SearchKey key) {
    int low = first(m, page);
    int high = count(m, page) + 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int id = PageItems.id(m, page, middle);
      long item = page + ItemId.offset(id);
      int order = key.compareKey(m, item + LEAF_KEY, ItemId.length(id) - LEAF_KEY);
      if (order == 0) {
        order = Long.compare(key.tid, tid(m, item));
      }
      if (order > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The entry of an inner page under which the key belongs: the last one that is not greater. The
  /// first one counts as less than every key.
  static int childNumber(MemorySegment m, long page, SearchKey key) {
    int low = first(m, page);
    int high = count(m, page);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (comparePivot(m, page, middle, key) >= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Negative when the key is less than the pivot with this number.
  static int comparePivot(MemorySegment m, long page, int number, SearchKey key) {
    int id = PageItems.id(m, page, number);
    long item = page + ItemId.offset(id);
    int order = key.compareKey(m, item + PIVOT_KEY, ItemId.length(id) - PIVOT_KEY);
    return order != 0 ? order : Long.compare(key.tid, pivotTid(m, item));
  }

  /// Whether the key belongs to the right of the page. From a deleted page all goes right.
  static boolean belongsRight(MemorySegment m, long page, SearchKey key) {
    return isDeleted(m, page) || (!isRightmost(m, page) && comparePivot(m, page, 1, key) >= 0);
  }
}
