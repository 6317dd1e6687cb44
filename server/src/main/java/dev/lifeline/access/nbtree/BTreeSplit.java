package dev.lifeline.access.nbtree;

import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// How a page is divided: the arithmetic of a split, without latches and WAL.
///
/// Entries are counted as if the new one were already in its place.
final class BTreeSplit {
  /// Percent of a leaf that stays on the left when the tree grows at its right end.
  private static final int RIGHTMOST_FILL = 90;

  private final MemorySegment old;
  private final boolean leaf;
  private final int first;
  private final int count;
  private final int newNumber;
  private final byte[] newItem;

  /// The first entry that goes to the right page.
  final int firstRight;

  /// The left page's high key, and the right page's key in the parent: a pivot that leads nowhere
  /// yet.
  final byte[] separator;

  /// @param old a copy of the page
  BTreeSplit(MemorySegment old, int newNumber, byte[] newItem) {
    this.old = old;
    this.leaf = BTreePage.isLeaf(old, 0);
    this.first = BTreePage.first(old, 0);
    this.count = BTreePage.count(old, 0) + 1;
    this.newNumber = newNumber;
    this.newItem = newItem;
    this.firstRight = choose();
    this.separator =
        leaf ? leafSeparator(item(firstRight - 1), item(firstRight)) : innerSeparator();
  }

  boolean newItemOnLeft() {
    return newNumber < firstRight;
  }

  private int length(int number) {
    if (number == newNumber) {
      return newItem.length;
    }
    return BTreePage.itemLength(old, 0, number < newNumber ? number : number - 1);
  }

  private byte[] item(int number) {
    if (number == newNumber) {
      return newItem;
    }
    return BTreePage.copyItem(old, 0, number < newNumber ? number : number - 1);
  }

  private int choose() {
    int total = 0;
    for (int i = first; i <= count; i++) {
      total += length(i) + PageLayout.ITEM_ID_SIZE;
    }
    boolean growsRight = leaf && BTreePage.isRightmost(old, 0) && newNumber == count;
    int wanted = growsRight ? total / 100 * RIGHTMOST_FILL : total / 2;
    int oldHighKey = first == 1 ? 0 : BTreePage.itemLength(old, 0, 1) + PageLayout.ITEM_ID_SIZE;
    int best = -1;
    int bestDistance = Integer.MAX_VALUE;
    int left = 0;
    for (int i = first + 1; i <= count; i++) {
      left += length(i - 1) + PageLayout.ITEM_ID_SIZE;
      // The separator is at most the first right entry's key, as a pivot.
      int highKey = length(i) + BTreePage.PIVOT_KEY - BTreePage.LEAF_KEY + PageLayout.ITEM_ID_SIZE;
      boolean fits =
          left + highKey <= BTreePage.CAPACITY && total - left + oldHighKey <= BTreePage.CAPACITY;
      int distance = Math.abs(left - wanted);
      if (fits && distance < bestDistance) {
        best = i;
        bestDistance = distance;
      }
    }
    if (best < 0) {
      throw new IllegalStateException("a B-tree page cannot be split");
    }
    return best;
  }

  /// The shortest pivot that is greater than one leaf entry and not greater than the next: often a
  /// few bytes of the key. Between equal keys the tid decides.
  static byte[] leafSeparator(byte[] left, byte[] right) {
    int from = BTreePage.LEAF_KEY;
    int common = 0;
    int shorter = Math.min(left.length, right.length) - from;
    while (common < shorter && left[from + common] == right[from + common]) {
      common++;
    }
    byte[] key = Arrays.copyOfRange(right, from, right.length);
    if (common < key.length) {
      return BTreePage.pivotItem(BTreePage.NONE, key, common + 1, SearchKey.BEFORE_ALL);
    }
    long tid = BTreePage.tid(MemorySegment.ofArray(right), 0);
    return BTreePage.pivotItem(BTreePage.NONE, key, key.length, tid);
  }

  private byte[] innerSeparator() {
    byte[] pivot = item(firstRight).clone();
    MemorySegment.ofArray(pivot).set(PageLayout.INT, 0, BTreePage.NONE);
    return pivot;
  }

  /// Makes the left page, in place of the old one.
  static void buildLeft(
      MemorySegment m,
      long page,
      MemorySegment old,
      int firstRight,
      int newNumber,
      byte[] newItem,
      byte[] separator,
      int rightBlock) {
    PageLayout.setLower(m, page, PageLayout.HEADER_SIZE);
    PageLayout.setUpper(m, page, PageLayout.special(m, page));
    BTreePage.insert(m, page, 1, separator);
    for (int i = BTreePage.first(old, 0); i < firstRight; i++) {
      add(m, page, old, i, newNumber, newItem);
    }
    BTreePage.setNext(m, page, rightBlock);
    int flags = BTreePage.flags(old, 0) & ~BTreePage.HAS_GARBAGE;
    BTreePage.setFlags(m, page, flags | BTreePage.INCOMPLETE_SPLIT);
  }

  private static void add(
      MemorySegment m, long page, MemorySegment old, int number, int newNumber, byte[] newItem) {
    if (number == newNumber) {
      BTreePage.insert(m, page, BTreePage.count(m, page) + 1, newItem);
    } else {
      BTreePage.append(m, page, old, 0, number < newNumber ? number : number - 1);
    }
  }

  /// Makes the right page, which is new.
  void buildRight(MemorySegment m, long page, int leftBlock) {
    int keep = BTreePage.flags(old, 0) & BTreePage.LEAF;
    BTreePage.init(m, page, BTreePage.level(old, 0), keep);
    BTreePage.setPrev(m, page, leftBlock);
    BTreePage.setNext(m, page, BTreePage.next(old, 0));
    if (first == 2) {
      BTreePage.append(m, page, old, 0, 1);
    }
    for (int i = firstRight; i <= count; i++) {
      add(m, page, old, i, newNumber, newItem);
      if (i == firstRight && !leaf) {
        shortenFirst(m, page);
      }
    }
  }

  /// The first entry of an inner page counts as less than everything: its key is not kept.
  private void shortenFirst(MemorySegment m, long page) {
    int number = BTreePage.count(m, page);
    byte[] item = BTreePage.copyItem(m, page, number);
    int child = BTreePage.child(MemorySegment.ofArray(item), 0);
    PageLayout.setLower(m, page, PageLayout.lower(m, page) - PageLayout.ITEM_ID_SIZE);
    PageLayout.setUpper(m, page, PageLayout.upper(m, page) + item.length);
    BTreePage.insert(m, page, number, BTreePage.pivotItem(child, item, 0, SearchKey.BEFORE_ALL));
  }
}
