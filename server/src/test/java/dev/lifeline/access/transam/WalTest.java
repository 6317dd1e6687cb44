package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WalTest {
  private static final int SEGMENT = 1 << 20;
  private static final int NOTE = 0x77;

  private final StorageFixture storage = new StorageFixture(StorageFixture.config(32));

  private Wal wal() {
    return storage.shared.wal();
  }

  private long note(int value, int bytes) {
    WalRecordBuilder record = wal().begin(Rmgr.XLOG, NOTE, 0).data().putInt(value);
    return record.putBytes(new byte[bytes]).insert();
  }

  private WalReader reader(MemoryDisk disk, long from) {
    ControlData control = storage.shared.controlData();
    return new WalReader(disk, Arena.ofAuto(), 1, SEGMENT, control.systemIdentifier(), from, -1);
  }

  private static List<Integer> notes(WalReader reader) {
    List<Integer> notes = new ArrayList<>();
    while (true) {
      switch (reader.next()) {
        case END -> {
          return notes;
        }
        case MORE -> assertTrue(reader.load().succeeded());
        case RECORD -> {
          WalRecord r = reader.record();
          notes.add(r.info() == NOTE ? r.memory().get(PageLayout.INT, r.dataOffset()) : -r.info());
        }
      }
    }
  }

  private static MemorySegment contentOf(MemoryDisk disk, String segment) {
    DiskFile file = disk.open("pg_wal/" + segment).result();
    MemorySegment content = Arena.ofAuto().allocate(SEGMENT, 8);
    file.read(content, 0);
    return content;
  }

  @Test
  void recordsOfAllSizesAreReadBackAcrossSegments() {
    long from = wal().insertLsn();
    List<Integer> written = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      note(i, i * 37 % 9000);
      written.add(i);
    }
    note(400, 3 * SEGMENT);
    written.add(400);
    note(401, 0);
    written.add(401);
    storage.await(wal().flushAll());
    assertEquals(wal().insertLsn(), wal().flushedLsn());
    assertEquals(written, notes(reader(storage.disk, from)));
    assertTrue(storage.events.events(WalEvent.SegmentSwitched.class).size() >= 3);
  }

  /// The machine died while the last record was written: whatever part of it is there, at every
  /// byte, the log ends before it.
  @Test
  void aTornTailIsFoundAtEveryByte() {
    long from = wal().insertLsn();
    note(1, 10);
    long second = wal().insertLsn();
    note(2, 150);
    long end = wal().insertLsn();
    storage.await(wal().flushAll());
    String name = WalFormat.segmentName(1, second, SEGMENT);
    MemorySegment whole = contentOf(storage.disk, name);
    DiskFile file = storage.disk.open("pg_wal/" + name).result();
    int start = (int) (second % SEGMENT);
    int stop = (int) (end % SEGMENT);
    assertEquals(List.of(1, 2), notes(reader(storage.disk, from)));
    int lastUsed = stop - 1;
    while (whole.get(PageLayout.BYTE, lastUsed) == 0) {
      lastUsed--;
    }
    for (int at = start; at <= lastUsed; at++) {
      MemorySegment torn = Arena.ofAuto().allocate(SEGMENT, 8).copyFrom(whole);
      torn.asSlice(at).fill((byte) 0);
      file.write(torn, 0);
      assertEquals(List.of(1), notes(reader(storage.disk, from)), "cut at byte " + at);
      torn.copyFrom(whole);
      byte was = torn.get(PageLayout.BYTE, at);
      torn.set(PageLayout.BYTE, at, (byte) (was ^ 1));
      file.write(torn, 0);
      assertEquals(List.of(1), notes(reader(storage.disk, from)), "changed byte " + at);
    }
  }

  /// A record that a crash left behind the end, and that even points back to the right place, is
  /// not taken for new: it is of an earlier incarnation.
  @Test
  void leftoversFromBeforeACrashAreNotTakenForNew() {
    long from = wal().insertLsn();
    note(1, 8);
    long second = wal().insertLsn();
    note(2, 8);
    note(3, 8);
    storage.await(wal().flushAll());
    String name = WalFormat.segmentName(1, second, SEGMENT);
    MemorySegment old = contentOf(storage.disk, name);
    DiskFile file = storage.disk.open("pg_wal/" + name).result();
    MemorySegment torn = Arena.ofAuto().allocate(SEGMENT, 8).copyFrom(old);
    torn.asSlice(second % SEGMENT + 40, 8).fill((byte) 9);
    file.write(torn, 0);
    assertEquals(List.of(1), notes(reader(storage.disk, from)));
    MemorySegment renewed = Arena.ofAuto().allocate(SEGMENT, 8).copyFrom(old);
    long at = second % SEGMENT;
    int incarnation = renewed.get(PageLayout.INT, at + WalFormat.INCARNATION);
    renewed.set(PageLayout.INT, at + WalFormat.INCARNATION, incarnation + 1);
    int length = renewed.get(PageLayout.INT, at + WalFormat.LENGTH);
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(
        renewed
            .asSlice(at + WalFormat.RECORD_HEADER, length - WalFormat.RECORD_HEADER)
            .asByteBuffer());
    crc.update(renewed.asSlice(at, WalFormat.CRC).asByteBuffer());
    renewed.set(PageLayout.INT, at + WalFormat.CRC, (int) crc.getValue());
    file.write(renewed, 0);
    assertEquals(List.of(1, 2), notes(reader(storage.disk, from)));
  }

  @Test
  void segmentsAreNamedAsPostgresqlDoes() {
    assertEquals("000000010000000000000001", WalFormat.segmentName(1, 16 << 20, 16 << 20));
    assertEquals(
        "0000000A00000002000000FF",
        WalFormat.segmentName(10, (2L << 32) + (255L << 24) + 5, 16 << 20));
    assertEquals(
        (2L << 32) + (255L << 24), WalFormat.segmentStart("0000000A00000002000000FF", 16 << 20));
    assertEquals(-1, WalFormat.segmentStart("archive_status", 16 << 20));
  }

  @Test
  void reserveWaitsOnlyWhileTooMuchIsUnwritten() {
    wal().reserve();
    EngineConfig config = storage.shared.config();
    note(1, config.walBuffers() / 2 + 1000);
    storage.run(wal()::reserve);
    assertEquals(wal().insertLsn(), wal().flushedLsn());
  }

  @Test
  void manyCommitsShareAFlushAndTheEventSaysSo() {
    StorageFixture.Session session = storage.session(1);
    Xact xact = session.begin();
    xact.xid();
    storage.events.clear();
    session.commit(xact);
    List<WalEvent.Flushed> flushes = storage.events.events(WalEvent.Flushed.class);
    assertEquals(1, flushes.size());
    assertEquals(1, flushes.getFirst().commits());
    assertEquals(wal().flushedLsn(), flushes.getFirst().endLsn());
  }

  @Test
  void aBlockIsRegisteredOnceAndDataPutInOneGo() {
    WalRecordBuilder record = wal().begin(Rmgr.XLOG, NOTE, 0);
    record.buffer(0, 3, 0);
    assertThrows(IllegalStateException.class, () -> record.buffer(0, 4, 0));
    assertThrows(IllegalStateException.class, () -> record.blockData(1));
    record.data().putInt(1);
    record.blockData(0).putInt(2);
    assertThrows(IllegalStateException.class, record::data);
    assertFalse(record.equals(wal().begin(Rmgr.XLOG, NOTE, 0)));
  }

  /// A switch leaves a gap that is longer than the ring: what was before it and what comes after
  /// are read as if there were none.
  @Test
  void aSwitchGoesOnInTheNextSegment() {
    long first = storage.shared.controlData().redoLsn();
    int capacity = wal().buffers().capacity();
    note(1, 100);
    long end = wal().switchSegment();
    assertEquals(SEGMENT, end / SEGMENT * SEGMENT);
    assertEquals(2L * SEGMENT, wal().insertLsn());
    assertEquals(wal().insertLsn(), wal().switchSegment(), "nothing was written since");
    for (int i = 2; i < 50; i++) {
      note(i, 3_000);
      if (i % 7 == 0) {
        wal().switchSegment();
      }
    }
    assertTrue(wal().flushAll().succeeded());
    assertEquals(capacity, wal().buffers().capacity(), "gaps take no room");

    List<Integer> notes = notes(reader(storage.disk, first));

    List<Integer> expected = new ArrayList<>();
    for (int i = 1; i < 50; i++) {
      expected.add(i);
    }
    assertEquals(expected, notes.stream().filter(n -> n > 0).toList());
    assertEquals(8, notes.stream().filter(n -> n == -XlogRecords.SWITCH).count());
  }
}
