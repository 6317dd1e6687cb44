package dev.lifeline.storage.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PageItemsTest {
  private static final long PAGE = PageLayout.PAGE_SIZE;

  /// Two pages, of which the second is used: an offset that is left out shows.
  private final MemorySegment m = Arena.ofAuto().allocate(2L * PageLayout.PAGE_SIZE, 8);

  private void fill(int number, byte[] item) {
    int at = ItemId.offset(PageItems.id(m, PAGE, number));
    MemorySegment.copy(item, 0, m, PageLayout.BYTE, PAGE + at, item.length);
  }

  private byte[] item(int number) {
    int id = PageItems.id(m, PAGE, number);
    byte[] item = new byte[ItemId.length(id)];
    MemorySegment.copy(m, PageLayout.BYTE, PAGE + ItemId.offset(id), item, 0, item.length);
    return item;
  }

  @Test
  void orderedItemsStayAsAModelHasThem() {
    Random random = new Random(7);
    PageLayout.init(m, PAGE, 16);
    List<byte[]> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (model.isEmpty() || random.nextInt(5) < 3) {
        byte[] item = new byte[1 + random.nextInt(200)];
        random.nextBytes(item);
        int number = 1 + random.nextInt(model.size() + 1);
        if (PageItems.insert(m, PAGE, number, item.length) != PageItems.NO_ROOM) {
          fill(number, item);
          model.add(number - 1, item);
        }
      } else {
        int number = 1 + random.nextInt(model.size());
        PageItems.remove(m, PAGE, number);
        model.remove(number - 1);
      }
      assertEquals(model.size(), PageItems.count(m, PAGE));
      assertTrue(PageLayout.isValid(m, PAGE));
    }
    for (int i = 0; i < model.size(); i++) {
      assertEquals(
          MemorySegment.ofArray(model.get(i)).mismatch(MemorySegment.ofArray(item(i + 1))), -1);
    }
  }

  @Test
  void compactingKeepsNumbersAndDropsUnusedOnesAtTheEnd() {
    PageLayout.init(m, PAGE, 0);
    for (int i = 1; i <= 10; i++) {
      PageItems.add(m, PAGE, i, 100);
      byte[] item = new byte[100];
      item[0] = (byte) i;
      fill(i, item);
    }
    int before = PageItems.exactFreeSpace(m, PAGE);
    PageItems.setId(m, PAGE, 3, ItemId.pack(0, ItemId.UNUSED, 0));
    PageItems.setId(m, PAGE, 10, ItemId.pack(0, ItemId.UNUSED, 0));
    PageItems.setId(m, PAGE, 5, ItemId.redirect(6));
    PageItems.compact(m, PAGE);
    assertEquals(9, PageItems.count(m, PAGE));
    assertEquals(4, item(4)[0]);
    assertEquals(9, item(9)[0]);
    assertEquals(6, ItemId.target(PageItems.id(m, PAGE, 5)));
    assertEquals(before + 3 * 104 + PageLayout.ITEM_ID_SIZE, PageItems.exactFreeSpace(m, PAGE));
    assertEquals(PageLayout.HAS_FREE_LINES, PageLayout.flags(m, PAGE));
    assertEquals(3, PageItems.add(m, PAGE, 3, 10));
  }

  /// As pruning does it: line pointers become unused, are used again for items further down, and
  /// the page is compacted now and then, whatever order its items are in.
  @Test
  void compactingKeepsWhatAModelHas() {
    Random random = new Random(11);
    PageLayout.init(m, PAGE, 16);
    Map<Integer, byte[]> model = new TreeMap<>();
    for (int i = 0; i < 50_000; i++) {
      int count = PageItems.count(m, PAGE);
      int number = 1 + random.nextInt(count + 1);
      if (random.nextInt(20) == 0) {
        PageItems.compact(m, PAGE);
        assertCompact(model);
      } else if (model.remove(number) != null) {
        PageItems.setId(m, PAGE, number, 0);
      } else {
        byte[] item = new byte[1 + random.nextInt(200)];
        random.nextBytes(item);
        if (PageItems.add(m, PAGE, number, item.length) != PageItems.NO_ROOM) {
          fill(number, item);
          model.put(number, item);
        }
      }
    }
    assertTrue(model.size() > 10);
  }

  /// The same, with a page that is compact all the time.
  @Test
  void vacatingKeepsWhatAModelHas() {
    Random random = new Random(12);
    PageLayout.init(m, PAGE, 16);
    Map<Integer, byte[]> model = new TreeMap<>();
    int most = 0;
    for (int i = 0; i < 20_000; i++) {
      int count = PageItems.count(m, PAGE);
      int number = 1 + random.nextInt(random.nextInt(3) == 0 ? count + 1 : count + 20);
      number = Math.min(number, count + 1);
      most = Math.max(most, model.size());
      if (model.remove(number) != null) {
        int becomes = random.nextInt(3) == 0 ? ItemId.redirect(number + 1) : 0;
        PageItems.vacate(m, PAGE, number, becomes);
        PageItems.trim(m, PAGE);
        assertVacated(model);
      } else if (number <= count && ItemId.isUsed(PageItems.id(m, PAGE, number))) {
        PageItems.vacate(m, PAGE, number, 0);
        PageItems.trim(m, PAGE);
        assertVacated(model);
      } else {
        byte[] item = new byte[1 + random.nextInt(200)];
        random.nextBytes(item);
        if (PageItems.add(m, PAGE, number, item.length) != PageItems.NO_ROOM) {
          fill(number, item);
          model.put(number, item);
        }
      }
    }
    assertTrue(most > 30, "items at once: " + most);
  }

  private void assertVacated(Map<Integer, byte[]> model) {
    int upper = PageLayout.special(m, PAGE);
    for (Map.Entry<Integer, byte[]> entry : model.entrySet()) {
      assertArrayEquals(entry.getValue(), item(entry.getKey()));
      upper -= PageItems.align(entry.getValue().length);
    }
    assertEquals(upper, PageLayout.upper(m, PAGE), "no gap is left");
    boolean unused = false;
    int count = PageItems.count(m, PAGE);
    for (int i = 1; i <= count; i++) {
      unused |= !ItemId.isUsed(PageItems.id(m, PAGE, i));
    }
    assertEquals(unused, (PageLayout.flags(m, PAGE) & PageLayout.HAS_FREE_LINES) != 0);
    assertTrue(count == 0 || ItemId.isUsed(PageItems.id(m, PAGE, count)));
    assertTrue(PageLayout.isValid(m, PAGE));
  }

  private void assertCompact(Map<Integer, byte[]> model) {
    int upper = PageLayout.special(m, PAGE);
    for (Map.Entry<Integer, byte[]> entry : model.entrySet()) {
      assertArrayEquals(entry.getValue(), item(entry.getKey()));
      upper -= PageItems.align(entry.getValue().length);
      assertEquals(upper, ItemId.offset(PageItems.id(m, PAGE, entry.getKey())));
    }
    assertEquals(upper, PageLayout.upper(m, PAGE));
    assertTrue(PageLayout.isValid(m, PAGE));
  }

  @Test
  void aFullPageHasNoRoom() {
    PageLayout.init(m, PAGE, 0);
    assertEquals(1, PageItems.add(m, PAGE, 1, 8000));
    assertEquals(PageItems.NO_ROOM, PageItems.add(m, PAGE, 2, 200));
  }

  @Test
  void theChecksumFindsEveryChangedByteAndAWrongPlace() {
    PageLayout.init(m, PAGE, 0);
    PageItems.add(m, PAGE, 1, 4000);
    PageLayout.setChecksum(m, PAGE, PageChecksum.of(m, PAGE, 42));
    assertTrue(PageChecksum.verify(m, PAGE, 42));
    assertFalse(PageChecksum.verify(m, PAGE, 43));
    for (int i = 0; i < PageLayout.PAGE_SIZE; i += 3) {
      byte was = m.get(PageLayout.BYTE, PAGE + i);
      m.set(PageLayout.BYTE, PAGE + i, (byte) (was ^ 0x10));
      assertFalse(PageChecksum.verify(m, PAGE, 42), "byte " + i);
      m.set(PageLayout.BYTE, PAGE + i, was);
    }
  }

  @Test
  void aNewPageIsAllZeros() {
    m.fill((byte) 0);
    assertTrue(PageLayout.isNew(m, PAGE));
    assertTrue(PageChecksum.verify(m, PAGE, 1));
    m.set(PageLayout.BYTE, PAGE + 5000, (byte) 1);
    assertFalse(PageChecksum.verify(m, PAGE, 1));
  }
}
