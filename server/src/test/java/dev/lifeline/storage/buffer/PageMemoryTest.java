package dev.lifeline.storage.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.storage.page.PageLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageMemoryTest {
  @ParameterizedTest
  @ValueSource(ints = {16, 16384})
  void isZeroedAlignedAndGoneWithItsArena(int pages) {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = PageMemory.allocate(pages, arena);
      long last = memory.byteSize() - 1;

      assertEquals((long) pages * PageLayout.PAGE_SIZE, memory.byteSize());
      assertEquals(0, memory.address() % 4096);
      for (long at = 0; at <= last; at += 1001) {
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at));
      }
      memory.set(ValueLayout.JAVA_BYTE, last, (byte) 7);
      assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, last));
    }
    assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void isNotResidentBeforeItIsUsed() throws IOException {
    int pages = 65536;
    try (Arena arena = Arena.ofShared()) {
      long before = residentKb();
      MemorySegment memory = PageMemory.allocate(pages, arena);

      assertTrue(residentKb() - before < pages * 8L / 2, "half of it is resident");

      memory.fill((byte) 1);
      assertTrue(residentKb() - before > pages * 8L / 2, "what is used is resident");
    }
  }

  private static long residentKb() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
