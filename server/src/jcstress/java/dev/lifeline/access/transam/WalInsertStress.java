package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Window;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Two records that are inserted at the same time: each has a place of its own, they follow one
/// another without a gap, the second names the first, and each is there whole.
public final class WalInsertStress {
  private static final int SEGMENT = 1 << 16;
  private static final int LENGTH = WalFormat.RECORD_HEADER + 8;

  /// A record's bytes with its alignment.
  private static final int STEP = (int) WalFormat.align(LENGTH);

  private WalInsertStress() {}

  private static final class Inserter {
    private final MemorySegment record = Arena.global().allocate(LENGTH, 8);
    private final long[] start = new long[1];
    private final int content;

    Inserter(int content) {
      this.content = content;
      record.set(PageLayout.INT, WalFormat.LENGTH, LENGTH);
      record.set(PageLayout.INT, WalFormat.RECORD_HEADER, content);
    }

    void insert(WalBuffers buffers) {
      buffers.append(
          record,
          LENGTH,
          record.asSlice(0, WalFormat.CRC).asByteBuffer(),
          new CRC32C(),
          buffers.redoLsn(),
          false,
          start);
    }

    long previous() {
      return record.get(PageLayout.LONG, WalFormat.PREVIOUS);
    }

    int contentIn(WalBuffers buffers) {
      return buffers
          .slice(start[0] + WalFormat.RECORD_HEADER, start[0] + LENGTH)
          .get(PageLayout.INT, 0);
    }
  }

  /// What an iteration works on: used again, because there are millions of them.
  private static final class Wal {
    private static final Queue<Wal> IDLE = new ConcurrentLinkedQueue<>();

    private final WalBuffers buffers =
        new WalBuffers(
            Arena.global(),
            1 << 13,
            1,
            4711,
            SEGMENT,
            1,
            SEGMENT + WalFormat.SEGMENT_HEADER,
            SEGMENT,
            SEGMENT);
    private final Inserter first = new Inserter(17);
    private final Inserter second = new Inserter(18);

    static Wal idle() {
      Wal idle = IDLE.poll();
      Wal wal = idle == null ? new Wal() : idle;
      wal.buffers.setFlushed(wal.buffers.insertedLsn());
      return wal;
    }

    /// The distance of their places, whether the later names the earlier, whether both are whole.
    void look(III_Result result) {
      boolean inOrder = first.start[0] < second.start[0];
      Inserter earlier = inOrder ? first : second;
      Inserter later = inOrder ? second : first;
      long distance = later.start[0] - earlier.start[0];
      boolean newSegment = later.start[0] / SEGMENT != earlier.start[0] / SEGMENT;
      result.r1 = distance == STEP || newSegment ? 1 : 0;
      result.r2 = later.previous() == earlier.start[0] ? 1 : 0;
      boolean whole =
          first.contentIn(buffers) == first.content && second.contentIn(buffers) == second.content;
      result.r3 = whole ? 1 : 0;
      IDLE.add(this);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "one behind the other, and linked")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a gap, one in the other's place, or a broken link")
  @State
  public static class Inserted {
    private final Wal wal = Wal.idle();

    @Actor
    public void first() {
      wal.first.insert(wal.buffers);
    }

    @Actor
    public void second() {
      wal.second.insert(wal.buffers);
    }

    @Arbiter
    public void end(III_Result result) {
      wal.look(result);
    }
  }

  /// The defect: the position is read, and then moved.
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "one behind the other, and linked")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a gap, one in the other's place, or a broken link")
  @State
  public static class MutantReservation {
    private volatile int position = 1;
    private volatile int previous;
    private int firstStart;
    private int firstPrevious;
    private int secondStart;
    private int secondPrevious;

    @Actor
    public void first() {
      firstStart = position;
      firstPrevious = previous;
      Window.open();
      previous = firstStart;
      position = firstStart + 1;
    }

    @Actor
    public void second() {
      secondStart = position;
      secondPrevious = previous;
      Window.open();
      previous = secondStart;
      position = secondStart + 1;
    }

    @Arbiter
    public void end(III_Result result) {
      result.r1 = Math.abs(firstStart - secondStart) == 1 ? 1 : 0;
      int linked = firstStart < secondStart ? secondPrevious : firstPrevious;
      result.r2 = linked == Math.min(firstStart, secondStart) ? 1 : 0;
      result.r3 = 1;
    }
  }
}
