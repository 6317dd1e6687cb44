package dev.lifeline.storage.page;

import static dev.lifeline.storage.page.PageLayout.HEADER_SIZE;
import static dev.lifeline.storage.page.PageLayout.ITEM_ID_SIZE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The items of a page, found through line pointers that are numbered from 1. Items begin at
/// multiples of 8.
public final class PageItems {
  /// What [#add] returns when there is no room.
  public static final int NO_ROOM = 0;

  /// Where one who compacts a page may copy it to, until he puts it back. A new array each time is
  /// cold memory that has to be zeroed, which costs more than the rest of a compaction.
  private static final AtomicReference<@Nullable MemorySegment> COPY = new AtomicReference<>();

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
    long at = idAt(page, 1);
    long last = idAt(page, count);
    for (; at < last; at += 2 * ITEM_ID_SIZE) {
      m.set(PageLayout.LONG, at, ItemId.moveTwo(m.get(PageLayout.LONG, at), offset, size));
    }
    if (at == last) {
      m.set(PageLayout.INT, at, (int) ItemId.moveTwo(m.get(PageLayout.INT, at), offset, size));
    }
  }

  /// Takes the item from a line pointer, which becomes what is given, and moves the items below it
  /// up: for a few of them less work than [#compact]. After the last of them: [#trim].
  public static void vacate(MemorySegment m, long page, int number, int itemId) {
    int vacated = id(m, page, number);
    setId(m, page, number, itemId);
    int size = align(ItemId.length(vacated));
    if (ItemId.isNormal(vacated) && size > 0) {
      closeGap(m, page, ItemId.offset(vacated), size, count(m, page));
    }
  }

  /// Drops unused line pointers at the end, and notes whether there are others.
  ///
  /// @return how many line pointers there are now
  public static int trim(MemorySegment m, long page) {
    int count = count(m, page);
    while (count > 0 && !ItemId.isUsed(id(m, page, count))) {
      count--;
    }
    PageLayout.setLower(m, page, HEADER_SIZE + count * ITEM_ID_SIZE);
    int used = 1;
    while (used <= count && ItemId.isUsed(id(m, page, used))) {
      used++;
    }
    int flags = PageLayout.flags(m, page) & ~PageLayout.HAS_FREE_LINES;
    PageLayout.setFlags(m, page, used <= count ? flags | PageLayout.HAS_FREE_LINES : flags);
    return count;
  }

  /// Moves the items together at the end of the page and drops unused line pointers at the end, so
  /// that all free space is in one piece. Line pointers keep their numbers.
  public static void compact(MemorySegment m, long page) {
    int count = trim(m, page);
    boolean descending = true;
    int lowest = PageLayout.special(m, page);
    for (int i = 1; i <= count; i++) {
      int itemId = id(m, page, i);
      if (ItemId.isNormal(itemId)) {
        descending &= ItemId.offset(itemId) < lowest;
        lowest = Math.min(lowest, ItemId.offset(itemId));
      }
    }
    if (descending) {
      move(m, page, count, m, page);
    } else {
      // An item may have to go where another still is, so all come from a copy.
      MemorySegment copy = takeCopy();
      MemorySegment.copy(m, page + lowest, copy, lowest, PageLayout.special(m, page) - lowest);
      move(m, page, count, copy, 0);
      COPY.setRelease(copy);
    }
  }

  private static MemorySegment takeCopy() {
    MemorySegment copy = COPY.getAndSet(null);
    return copy == null ? MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]) : copy;
  }

  /// Puts the items to the end of the page in the order of their line pointers, the first one last.
  /// Those that lie beside each other already, as most do, are moved in one piece.
  ///
  /// @param from where the items are
  /// @param base where the page would begin there
  private static void move(MemorySegment m, long page, int count, MemorySegment from, long base) {
    int upper = PageLayout.special(m, page);
    int pieceTo = upper;
    int begin = upper;
    int end = upper;
    for (int i = 1; i <= count; i++) {
      int itemId = id(m, page, i);
      if (!ItemId.isNormal(itemId)) {
        continue;
      }
      int offset = ItemId.offset(itemId);
      int size = align(ItemId.length(itemId));
      if (offset + size != begin) {
        movePiece(m, page, pieceTo, from, base, begin, end);
        pieceTo = upper;
        end = offset + size;
      }
      begin = offset;
      upper -= size;
      if (offset != upper) {
        setId(m, page, i, ItemId.pack(upper, ItemId.NORMAL, ItemId.length(itemId)));
      }
    }
    movePiece(m, page, pieceTo, from, base, begin, end);
    PageLayout.setUpper(m, page, upper);
  }

  private static void movePiece(
      MemorySegment m, long page, int to, MemorySegment from, long base, int begin, int end) {
    int length = end - begin;
    if (end != to) {
      MemorySegment.copy(from, base + begin, m, page + to - length, length);
    }
  }

  /// A length rounded up to where the next item may begin.
  public static int align(int length) {
    return length + 7 & ~7;
  }
}
