package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.storage.ipc.Race;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Records that several threads insert at the same time: each has a place of its own, they follow
/// one another without a gap, and each names the one before.
class WalBuffersRaceTest {
  private static final int SEGMENT = 16 << 20;
  private static final int RECORDS_MAX = 2_000;
  private static final int LENGTH_MAX = 500;

  /// A record's place.
  private record Place(long start, long end, long previous, int content) {}

  /// Where a record goes.
  private interface Reservation {
    Place append(MemorySegment record, int length, int content);
  }

  private static List<Place> insert(Reservation reservation) throws Exception {
    List<Place> places = new CopyOnWriteArrayList<>();
    Race race = new Race();
    for (int thread = 1; thread <= 4; thread++) {
      int id = thread << 20;
      Random random = new Random(thread);
      MemorySegment record = Arena.ofAuto().allocate(LENGTH_MAX + WalFormat.RECORD_HEADER, 8);
      int[] made = new int[1];
      race.with(() -> {
        if (made[0] < RECORDS_MAX / 4) {
          int length = WalFormat.RECORD_HEADER + 4 + random.nextInt(LENGTH_MAX - 4);
          int content = id + ++made[0];
          record.set(PageLayout.INT, WalFormat.RECORD_HEADER, content);
          places.add(reservation.append(record, length, content));
        }
      });
    }
    race.run();
    return places;
  }

  private static void verify(List<Place> places, long begin) {
    List<Place> inOrder = places.stream().sorted(Comparator.comparingLong(Place::start)).toList();
    long end = begin;
    long previous = 0;
    for (Place place : inOrder) {
      assertEquals(WalFormat.startAfter(end, SEGMENT), place.start, "a gap, or two in one place");
      assertEquals(previous, place.previous, "not linked to the record before");
      previous = place.start;
      end = place.end;
    }
  }

  @Test
  void eachRecordHasItsPlace() throws Exception {
    long begin = SEGMENT + WalFormat.SEGMENT_HEADER;
    Arena arena = Arena.ofShared();
    WalBuffers buffers = new WalBuffers(arena, 1 << 16, 1, 4711, SEGMENT, 1, begin, 0, begin);
    List<Place> places =
        insert((record, length, content) -> append(buffers, record, length, content));
    verify(places, begin);
    for (Place place : places) {
      MemorySegment there = buffers.slice(place.start + WalFormat.RECORD_HEADER, place.end);
      assertEquals(place.content, there.get(PageLayout.INT, 0), "what was copied to " + place);
    }
    assertEquals(places.size(), buffers.pending().commits());
    arena.close();
  }

  private static Place append(WalBuffers buffers, MemorySegment record, int length, int content) {
    long[] start = new long[1];
    CRC32C crc = new CRC32C();
    long end =
        buffers.append(
            record,
            length,
            record.asSlice(0, WalFormat.CRC).asByteBuffer(),
            crc,
            buffers.redoLsn(),
            true,
            start);
    return new Place(start[0], end, record.get(PageLayout.LONG, WalFormat.PREVIOUS), content);
  }

  /// A reservation that reads the position and then moves it. The threads go on until two have got
  /// one place: where they share a processor, a limited number of records may be made one thread
  /// after the other, and nothing would be found.
  @Test
  void aReservationWithoutTheLatchIsFound() throws Exception {
    AtomicLong position = new AtomicLong(SEGMENT + WalFormat.SEGMENT_HEADER);
    Set<Long> taken = ConcurrentHashMap.newKeySet();
    Race race = new Race();
    for (int thread = 0; thread < 4; thread++) {
      race.with(() -> {
        long start = position.get();
        LockSupport.parkNanos(1);
        position.set(start + WalFormat.align(LENGTH_MAX));
        Race.check(taken.add(start), "two records in one place");
      });
    }
    assertTrue(race.isLost());
  }
}
