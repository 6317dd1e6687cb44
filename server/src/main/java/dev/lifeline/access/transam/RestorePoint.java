package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The content of a record that gives a point of the WAL a name, for `recovery_target_name`.
record RestorePoint(long timeMicros, String name) {
  void put(WalRecordBuilder to) {
    to.data().putLong(timeMicros).putBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  static RestorePoint parse(WalRecord record) {
    MemorySegment m = record.memory();
    long at = record.dataOffset();
    byte[] name = new byte[record.dataLength() - 8];
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at + 8, name, 0, name.length);
    return new RestorePoint(m.get(PageLayout.LONG, at), new String(name, StandardCharsets.UTF_8));
  }
}
