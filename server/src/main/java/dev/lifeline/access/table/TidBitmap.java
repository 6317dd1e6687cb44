package dev.lifeline.access.table;

import java.util.Arrays;
import java.util.BitSet;

/// A set of tids that is read in the order of the table's pages, as a bitmap scan does.
///
/// For each page it knows the line pointers, as long as there is memory for so many pages; then
/// some pages become *lossy*: any of their rows may be wanted, and the reader has to look at the
/// conditions again.
public final class TidBitmap {
  /// A page's line pointers take so many words; whichever number is higher makes it lossy.
  private static final int WORDS = 5;

  private static final int BYTES_A_PAGE = WORDS * Long.BYTES + 3 * Integer.BYTES;
  private static final int PAGES_MIN = 16;

  private final int pagesMax;
  private int size;
  private int[] blocks = new int[PAGES_MIN];
  private long[] bits = new long[PAGES_MIN * WORDS];

  /// The pages whose line pointers were found together with a lossy page.
  private BitSet doubtful = new BitSet();

  /// Where each page is in the arrays, plus one; 0 is free.
  private int[] slots = new int[PAGES_MIN * 2];

  private final BitSet lossy = new BitSet();

  /// @param memoryMax bytes that it may take, about
  public TidBitmap(long memoryMax) {
    pagesMax = pagesMax(memoryMax);
  }

  /// How many pages' line pointers so much memory has room for.
  public static int pagesMax(long memory) {
    return Math.clamp(memory / BYTES_A_PAGE, PAGES_MIN, 1 << 26);
  }

  public boolean isEmpty() {
    return size == 0 && lossy.isEmpty();
  }

  public void clear() {
    size = 0;
    Arrays.fill(slots, 0);
    doubtful.clear();
    lossy.clear();
  }

  public void add(long tid) {
    int block = Tid.block(tid);
    int offset = Tid.offset(tid);
    if (lossy.get(block)) {
      return;
    }
    if (offset >= WORDS * Long.SIZE) {
      addLossy(block);
      return;
    }
    int at = findOrAdd(block);
    bits[at * WORDS + (offset >>> 6)] |= 1L << offset;
    shrink();
  }

  private void addLossy(int block) {
    lossy.set(block);
    int at = find(block);
    if (at >= 0) {
      Arrays.fill(bits, at * WORDS, (at + 1) * WORDS, 0);
    }
  }

  /// Adds what is in another one.
  public void addAll(TidBitmap other) {
    other.lossy.stream().forEach(this::addLossy);
    for (int from = 0; from < other.size; from++) {
      int block = other.blocks[from];
      if (other.lossy.get(block) || lossy.get(block)) {
        continue;
      }
      int at = findOrAdd(block);
      for (int w = 0; w < WORDS; w++) {
        bits[at * WORDS + w] |= other.bits[from * WORDS + w];
      }
      if (other.doubtful.get(from)) {
        doubtful.set(at);
      }
      shrink();
    }
  }

  /// Keeps what is in another one as well.
  public void retainAll(TidBitmap other) {
    BitSet both = (BitSet) lossy.clone();
    both.and(other.lossy);
    TidBitmap kept = new TidBitmap((long) pagesMax * BYTES_A_PAGE);
    for (int at = 0; at < size; at++) {
      int block = blocks[at];
      int there = other.find(block);
      if (lossy.get(block)) {
        continue;
      }
      if (other.lossy.get(block)) {
        kept.put(block, bits, at, true);
      } else if (there >= 0) {
        for (int w = 0; w < WORDS; w++) {
          bits[at * WORDS + w] &= other.bits[there * WORDS + w];
        }
        kept.put(block, bits, at, doubtful.get(at) || other.doubtful.get(there));
      }
    }
    for (int there = 0; there < other.size; there++) {
      int block = other.blocks[there];
      if (lossy.get(block) && !other.lossy.get(block)) {
        kept.put(block, other.bits, there, true);
      }
    }
    lossy.clear();
    lossy.or(both);
    size = kept.size;
    blocks = kept.blocks;
    bits = kept.bits;
    slots = kept.slots;
    doubtful = kept.doubtful;
  }

  private void put(int block, long[] from, int number, boolean doubt) {
    boolean any = false;
    for (int w = 0; w < WORDS; w++) {
      any |= from[number * WORDS + w] != 0;
    }
    if (any) {
      int at = findOrAdd(block);
      System.arraycopy(from, number * WORDS, bits, at * WORDS, WORDS);
      doubtful.set(at, doubt);
    }
  }

  private static int slot(int block, int mask) {
    int hash = block * 0x9E37_79B1;
    return (hash ^ hash >>> 15) & mask;
  }

  private int find(int block) {
    int mask = slots.length - 1;
    for (int slot = slot(block, mask); slots[slot] != 0; slot = slot + 1 & mask) {
      if (blocks[slots[slot] - 1] == block) {
        return slots[slot] - 1;
      }
    }
    return -1;
  }

  private int findOrAdd(int block) {
    int known = find(block);
    if (known >= 0) {
      return known;
    }
    if (size == blocks.length) {
      blocks = Arrays.copyOf(blocks, size * 2);
      bits = Arrays.copyOf(bits, size * 2 * WORDS);
      slots = new int[size * 4];
      for (int i = 0; i < size; i++) {
        enter(i);
      }
    }
    int at = size++;
    blocks[at] = block;
    Arrays.fill(bits, at * WORDS, (at + 1) * WORDS, 0);
    doubtful.clear(at);
    enter(at);
    return at;
  }

  private void enter(int at) {
    int mask = slots.length - 1;
    int slot = slot(blocks[at], mask);
    while (slots[slot] != 0) {
      slot = slot + 1 & mask;
    }
    slots[slot] = at + 1;
  }

  /// Makes the half of the pages lossy that was found first, when there are too many.
  private void shrink() {
    if (size <= pagesMax) {
      return;
    }
    int gone = size / 2;
    for (int at = 0; at < gone; at++) {
      lossy.set(blocks[at]);
    }
    size -= gone;
    System.arraycopy(blocks, gone, blocks, 0, size);
    System.arraycopy(bits, gone * WORDS, bits, 0, size * WORDS);
    doubtful = doubtful.get(gone, gone + size);
    Arrays.fill(slots, 0);
    for (int at = 0; at < size; at++) {
      enter(at);
    }
  }

  /// The pages in order. The bitmap must not be changed any more.
  public Pages pages() {
    return new Pages();
  }

  /// A walk over the pages, from the lowest to the highest; it stands on one of them.
  public final class Pages {
    private final int[] order;
    private int exact = -1;
    private int nextLossy;
    private int block;
    private boolean isLossy;

    private Pages() {
      long[] keys = new long[size];
      int count = 0;
      for (int at = 0; at < size; at++) {
        if (!lossy.get(blocks[at])) {
          keys[count++] = (long) blocks[at] << 32 | at;
        }
      }
      Arrays.sort(keys, 0, count);
      order = new int[count];
      for (int i = 0; i < count; i++) {
        order[i] = (int) keys[i];
      }
      nextLossy = lossy.nextSetBit(0);
    }

    /// Steps to the next page; false at the end.
    public boolean next() {
      int nextExact = isLossy ? exact : exact + 1;
      boolean more = nextExact < order.length;
      exact = nextExact;
      if (nextLossy >= 0 && (!more || nextLossy < blocks[order[nextExact]])) {
        block = nextLossy;
        isLossy = true;
        nextLossy = lossy.nextSetBit(nextLossy + 1);
        return true;
      }
      isLossy = false;
      if (more) {
        block = blocks[order[nextExact]];
      }
      return more;
    }

    public int block() {
      return block;
    }

    /// Whether each row of the page may be wanted.
    public boolean isLossy() {
      return isLossy;
    }

    /// Whether the conditions have to be looked at again.
    public boolean needsRecheck() {
      return isLossy || doubtful.get(order[exact]);
    }

    /// The next line pointer from a number on that is wanted of a page that is not lossy; 0 when
    /// there is none.
    public int nextOffset(int from) {
      int base = order[exact] * WORDS;
      int word = from >>> 6;
      if (word >= WORDS) {
        return 0;
      }
      long rest = bits[base + word] & -1L << from;
      while (rest == 0) {
        if (++word == WORDS) {
          return 0;
        }
        rest = bits[base + word];
      }
      return (word << 6) + Long.numberOfTrailingZeros(rest);
    }

    /// The page that comes so many steps after this one, if that is known already; else -1.
    public int ahead(int steps) {
      int at = (isLossy ? exact - 1 : exact) + steps;
      return nextLossy < 0 && at < order.length ? blocks[order[at]] : -1;
    }
  }
}
