package dev.lifeline.storage.page;

/// A line pointer: where an item is on its page, packed into an int as PostgreSQL's `ItemIdData`
/// is: offset in bits 0-14, state in bits 15-16, length in bits 17-31.
public final class ItemId {
  /// Free for another item.
  public static final int UNUSED = 0;

  /// Has an item.
  public static final int NORMAL = 1;

  /// Leads to another line pointer of the same page, whose number is in place of the offset.
  public static final int REDIRECT = 2;

  /// Its item is gone, but an index may still point here.
  public static final int DEAD = 3;

  private ItemId() {}

  public static int pack(int offset, int state, int length) {
    return offset | state << 15 | length << 17;
  }

  public static int offset(int itemId) {
    return itemId & 0x7fff;
  }

  public static int state(int itemId) {
    return itemId >>> 15 & 3;
  }

  public static int length(int itemId) {
    return itemId >>> 17;
  }

  public static boolean isNormal(int itemId) {
    return state(itemId) == NORMAL;
  }

  public static boolean isUsed(int itemId) {
    return state(itemId) != UNUSED;
  }

  /// A redirect to the line pointer with this number.
  public static int redirect(int target) {
    return pack(target, REDIRECT, 0);
  }

  /// For a redirect: where it leads.
  public static int target(int itemId) {
    return offset(itemId);
  }

  private static final long ONE_EACH = 0x0000_0001_0000_0001L;
  private static final long OFFSETS = 0x7fff * ONE_EACH;

  /// Bit 15 of each: the lower one of the state, and where a difference of offsets has its sign.
  private static final long BIT_15 = 0x8000 * ONE_EACH;

  /// Two line pointers in a long, of which those with an item below an offset are moved up. Closing
  /// a gap does it to all of a page; which ones move is as good as random, so there is no branch.
  static long moveTwo(long itemIds, int below, int by) {
    long reach = ((itemIds & OFFSETS) | BIT_15) - below * ONE_EACH;
    long normal = itemIds & ~(itemIds >>> 1) & BIT_15;
    return itemIds + ((normal & ~reach) >>> 15) * by;
  }
}
