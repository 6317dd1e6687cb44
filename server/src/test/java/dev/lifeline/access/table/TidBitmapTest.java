package dev.lifeline.access.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bitmaps beside plain sets of tids.
class TidBitmapTest {
  private static final int BLOCKS = 400;

  private final Random random = new Random(7);

  private Set<Long> tids(int count) {
    Set<Long> tids = new HashSet<>();
    int hot = random.nextInt(BLOCKS);
    for (int i = 0; i < count; i++) {
      int block = random.nextBoolean() ? hot : random.nextInt(BLOCKS);
      tids.add(Tid.of(block, 1 + random.nextInt(random.nextInt(50) == 0 ? 400 : 290)));
    }
    return tids;
  }

  private static TidBitmap bitmap(Set<Long> tids, long memory) {
    TidBitmap bitmap = new TidBitmap(memory);
    tids.forEach(bitmap::add);
    return bitmap;
  }

  /// Each wanted tid is found, in the order of the pages, each page once; a page that needs no
  /// second look has no other.
  private static boolean check(Set<Long> wanted, TidBitmap bitmap) {
    TreeMap<Integer, TreeSet<Integer>> pages = new TreeMap<>();
    for (long tid : wanted) {
      pages.computeIfAbsent(Tid.block(tid), b -> new TreeSet<>()).add(Tid.offset(tid));
    }
    TidBitmap.Pages walk = bitmap.pages();
    int last = -1;
    boolean lossy = false;
    while (walk.next()) {
      assertTrue(walk.block() > last, "pages come in order");
      last = walk.block();
      Set<Integer> here = pages.getOrDefault(last, new TreeSet<>());
      pages.remove(last);
      lossy |= walk.isLossy();
      if (walk.isLossy()) {
        assertTrue(walk.needsRecheck());
        continue;
      }
      Set<Integer> found = new TreeSet<>();
      for (int at = walk.nextOffset(1); at != 0; at = walk.nextOffset(at + 1)) {
        found.add(at);
      }
      if (walk.needsRecheck()) {
        assertTrue(found.containsAll(here), "block " + last);
      } else {
        assertEquals(here, found, "block " + last);
      }
    }
    assertTrue(pages.isEmpty(), "pages that were not visited: " + pages.keySet());
    assertEquals(last < 0, bitmap.isEmpty());
    return lossy;
  }

  @ParameterizedTest
  @CsvSource({"4000000", "12000", "1000"})
  void theyAgreeWithSets(long memory) {
    boolean lossy = false;
    for (int round = 0; round < 300; round++) {
      Set<Long> a = tids(random.nextInt(3000));
      Set<Long> b = tids(random.nextInt(3000));
      TidBitmap first = bitmap(a, memory);
      TidBitmap second = bitmap(b, memory);
      lossy |= check(a, first);
      check(b, second);
      Set<Long> both = new HashSet<>(a);
      if (round % 2 == 0) {
        first.addAll(second);
        both.addAll(b);
      } else {
        first.retainAll(second);
        both.retainAll(b);
      }
      check(both, first);
      Set<Long> c = tids(random.nextInt(300));
      c.forEach(first::add);
      both.addAll(c);
      check(both, first);
      first.clear();
      check(Set.of(), first);
    }
    assertTrue(lossy);
  }

  @ParameterizedTest
  @CsvSource({"1", "15"})
  void aWalkKnowsWhatComesNext(int steps) {
    TidBitmap bitmap = new TidBitmap(1_000_000);
    for (int block = 0; block < 30; block += 2) {
      bitmap.add(Tid.of(block, 3));
    }
    TidBitmap.Pages walk = bitmap.pages();
    assertTrue(walk.next());
    assertEquals(steps < 15 ? 2 * steps : -1, walk.ahead(steps));
  }
}
