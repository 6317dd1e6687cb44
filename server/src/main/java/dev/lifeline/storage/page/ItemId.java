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
}
