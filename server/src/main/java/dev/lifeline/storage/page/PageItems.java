package dev.lifeline.storage.page;

import static dev.lifeline.storage.page.PageLayout.HEADER_SIZE;
import static dev.lifeline.storage.page.PageLayout.ITEM_ID_SIZE;

import java.lang.foreign.MemorySegment;

/// The items of a page, found through line pointers that are numbered from 1. Items begin at
/// multiples of 8.
public final class PageItems {
  /// What [#add] returns when there is no room.
  public static final int NO_ROOM = 0;

  private PageItems() {}

  /// How many line pointers there are, unused ones included.
  public static int count(MemorySegment m, long page) {
    int lower = PageLayout.lower(m, page);
    return lower <= HEADER_SIZE ? 0 : (lower - HEADER_SIZE) / ITEM_ID_SIZE;
  }

  /// The line pointer with a number, see [ItemId].
  public static int id(MemorySegment m, long page, int number) {
    return m.get(PageLayout.INT, idAt(page, number));
  }

  public static void setId(MemorySegment m, long page, int number, int itemId) {
    m.set(PageLayout.INT, idAt(page, number), itemId);
  }

  private static long idAt(long page, int number) {
    return page + HEADER_SIZE + (long) (number - 1) * ITEM_ID_SIZE;
  }

  /// Bytes between the line pointers and the items, without those that a new line pointer takes.
  public static int freeSpace(MemorySegment m, long page) {
    int space = PageLayout.upper(m, page) - PageLayout.lower(m, page) - ITEM_ID_SIZE;
    return Math.max(space, 0);
  }

  /// Bytes between the line pointers and the items.
  public static int exactFreeSpace(MemorySegment m, long page) {
    return Math.max(PageLayout.upper(m, page) - PageLayout.lower(m, page), 0);
  }

  /// Finds room for an item of this length and gives it the line pointer with this number, which is
  /// one past the last or an unused one. The caller fills in the item at [ItemId#offset].
  ///
  /// @return the number, or [#NO_ROOM]
  public static int add(MemorySegment m, long page, int number, int length) {
    int count = count(m, page);
    boolean appended = number == count + 1;
    if (!appended && (number > count || ItemId.isUsed(id(m, page, number)))) {
      throw new IllegalStateException("line pointer " + number + " of " + count + " is in use");
    }
    int lower = PageLayout.lower(m, page) + (appended ? ITEM_ID_SIZE : 0);
    int upper = PageLayout.upper(m, page) - align(length);
    if (upper < lower) {
      return NO_ROOM;
    }
    PageLayout.setLower(m, page, lower);
    PageLayout.setUpper(m, page, upper);
    setId(m, page, number, ItemId.pack(upper, ItemId.NORMAL, length));
    return number;
  }

  /// As [#add], and moves this line pointer and those after it up by one: how an index page keeps
  /// its items in order.
  public static int insert(MemorySegment m, long page, int number, int length) {
    int count = count(m, page);
    if (number < 1 || number > count + 1) {
      throw new IllegalStateException("line pointer " + number + " of " + count);
    }
    int lower = PageLayout.lower(m, page) + ITEM_ID_SIZE;
    int upper = PageLayout.upper(m, page) - align(length);
    if (upper < lower) {
      return NO_ROOM;
    }
    long from = idAt(page, number);
    MemorySegment.copy(m, from, m, from + ITEM_ID_SIZE, (long) (count + 1 - number) * ITEM_ID_SIZE);
    PageLayout.setLower(m, page, lower);
    PageLayout.setUpper(m, page, upper);
    setId(m, page, number, ItemId.pack(upper, ItemId.NORMAL, length));
    return number;
  }

  /// Removes an item and its line pointer; those after it move down by one.
  public static void remove(MemorySegment m, long page, int number) {
    int count = count(m, page);
    int removed = id(m, page, number);
    long at = idAt(page, number);
    MemorySegment.copy(m, at + ITEM_ID_SIZE, m, at, (long) (count - number) * ITEM_ID_SIZE);
    PageLayout.setLower(m, page, PageLayout.lower(m, page) - ITEM_ID_SIZE);
    int size = align(ItemId.length(removed));
    if (ItemId.isNormal(removed) && size > 0) {
      closeGap(m, page, ItemId.offset(removed), size, count - 1);
    }
  }

  private static void closeGap(MemorySegment m, long page, int offset, int size, int count) {
    int upper = PageLayout.upper(m, page);
    MemorySegment.copy(m, page + upper, m, page + upper + size, (long) offset - upper);
    PageLayout.setUpper(m, page, upper + size);
    for (int i = 1; i <= count; i++) {
      int itemId = id(m, page, i);
      if (ItemId.isNormal(itemId) && ItemId.offset(itemId) < offset) {
        setId(
            m,
            page,
            i,
            ItemId.pack(ItemId.offset(itemId) + size, ItemId.NORMAL, ItemId.length(itemId)));
      }
    }
  }

  /// Moves the items together at the end of the page and drops unused line pointers at the end, so
  /// that all free space is in one piece. Line pointers keep their numbers.
  public static void compact(MemorySegment m, long page) {
    int count = count(m, page);
    while (count > 0 && !ItemId.isUsed(id(m, page, count))) {
      count--;
    }
    PageLayout.setLower(m, page, HEADER_SIZE + count * ITEM_ID_SIZE);
    byte[] copy = new byte[PageLayout.PAGE_SIZE];
    MemorySegment old = MemorySegment.ofArray(copy);
    MemorySegment.copy(m, page, old, 0, PageLayout.PAGE_SIZE);
    int upper = PageLayout.special(m, page);
    boolean unused = false;
    for (int i = 1; i <= count; i++) {
      int itemId = id(m, page, i);
      if (ItemId.isNormal(itemId)) {
        int length = ItemId.length(itemId);
        upper -= align(length);
        MemorySegment.copy(old, ItemId.offset(itemId), m, page + upper, length);
        setId(m, page, i, ItemId.pack(upper, ItemId.NORMAL, length));
      }
      unused |= !ItemId.isUsed(itemId);
    }
    PageLayout.setUpper(m, page, upper);
    int flags = PageLayout.flags(m, page) & ~PageLayout.HAS_FREE_LINES;
    PageLayout.setFlags(m, page, unused ? flags | PageLayout.HAS_FREE_LINES : flags);
  }

  /// A length rounded up to where the next item may begin.
  public static int align(int length) {
    return length + 7 & ~7;
  }
}
