package dev.lifeline.access.transam;

import dev.lifeline.access.RedoConfig;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.RecoveryPrefetchCounters;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Supplier;

/// Looks ahead in the WAL while redo works: reads the blocks that coming records change, several at
/// once, and remembers in which buffers the others are.
///
/// Formally:
///
/// 1. Records come out in their order, each once, and only intact ones.
/// 2. A block of which a record in between makes all anew is not read: on the disk it may be torn.
/// 3. A record that makes, cuts or copies files is redone before what follows it is looked at.
///    Otherwise a page could be read that was in a file before it got its content.
/// 4. An error while reading ahead is nobody's. Who redoes the record meets it, if it is still one.
final class RecoveryPrefetcher {
  /// Records that it looks at ahead of their turn at most; a power of two.
  private static final int RECORDS_MAX = 64;

  /// Blocks looked at for each that may be read at once, as PostgreSQL has it.
  private static final int DISTANCE_FACTOR = 4;

  /// Blocks looked at last, of which each would be looked at again and again.
  private static final int RECENT = 4;

  private final WalReader reader;
  private final BufferPool pool;
  private final Supplier<RedoConfig> config;
  private final RecoveryPrefetchCounters counters;

  private final WalRecordView[] views = new WalRecordView[RECORDS_MAX];
  private int head;
  private int count;
  private int blocksAhead;
  private WalReader.Step stop = WalReader.Step.RECORD;
  private boolean barrier;

  private final ArrayDeque<Future<Void>> reading = new ArrayDeque<>();

  private final RelFileLocator[] recentRels = new RelFileLocator[RECENT];
  private final Fork[] recentForks = new Fork[RECENT];
  private final int[] recentBlocks = new int[RECENT];
  private final int[] recentBuffers = new int[RECENT];
  private int recentNext;

  /// Of the pages that were found in memory, so that the processor has the beginning of each at
  /// hand when the turn of its record comes. Nobody asks what it is.
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private RedoConfig current;
  private long prefetched;
  private long hits;
  private long initialized;
  private long newOnes;
  private long images;
  private long repeated;

  RecoveryPrefetcher(
      WalReader reader,
      BufferPool pool,
      Supplier<RedoConfig> config,
      RecoveryPrefetchCounters counters) {
    this.reader = reader;
    this.pool = pool;
    this.config = config;
    this.counters = counters;
    this.current = config.get();
    for (int i = 0; i < RECORDS_MAX; i++) {
      views[i] = new WalRecordView();
    }
    Arrays.fill(recentBlocks, -1);
    Arrays.fill(recentRels, new RelFileLocator(0, 1));
    Arrays.fill(recentForks, Fork.MAIN);
  }

  /// The record whose turn it is; valid until the next step.
  WalRecordView record() {
    return views[head];
  }

  /// Goes on to the next record; the one before is redone.
  WalReader.Step next() {
    if (count > 0) {
      blocksAhead -= views[head].blockCount();
      head = head + 1 & RECORDS_MAX - 1;
      count--;
    }
    barrier &= count > 0;
    if (stop == WalReader.Step.RECORD) {
      lookAhead();
    }
    if (count > 0) {
      return WalReader.Step.RECORD;
    }
    tellCounters();
    return stop;
  }

  /// Brings more of the WAL in, after MORE.
  Future<Void> load() {
    stop = WalReader.Step.RECORD;
    current = config.get();
    return reader.load();
  }

  private void lookAhead() {
    while (count == 0 || mayLookFurther()) {
      WalRecordView view = views[head + count & RECORDS_MAX - 1];
      stop = reader.next(view);
      if (stop != WalReader.Step.RECORD) {
        return;
      }
      count++;
      blocksAhead += view.blockCount();
      barrier = view.rmgr() == Rmgr.SMGR || view.rmgr() == Rmgr.DBASE;
      if (isOn()) {
        lookAt(view);
      }
    }
  }

  private boolean isOn() {
    return current.recoveryPrefetch() && current.maintenanceIoConcurrency() > 0;
  }

  private boolean mayLookFurther() {
    if (barrier || count == RECORDS_MAX || !isOn()) {
      return false;
    }
    while (!reading.isEmpty() && reading.element().isComplete()) {
      reading.remove();
    }
    return reading.size() < current.maintenanceIoConcurrency()
        && blocksAhead < DISTANCE_FACTOR * current.maintenanceIoConcurrency()
        && walDistance() < current.walDecodeBufferSize();
  }

  private long walDistance() {
    return count == 0 ? 0 : reader.endLsn() - record().lsn();
  }

  private void lookAt(WalRecordView view) {
    for (int id = 0; id < view.blockCount(); id++) {
      if (!view.hasBlock(id)) {
        continue;
      }
      if (view.hasImage(id)) {
        images++;
      } else if (view.willInit(id)) {
        initialized++;
      } else {
        lookAt(view, id, view.rel(id), view.fork(id), view.block(id));
      }
    }
  }

  private void lookAt(WalRecordView view, int id, RelFileLocator rel, Fork fork, int block) {
    for (int i = 0; i < RECENT; i++) {
      if (recentBlocks[i] == block && recentForks[i] == fork && recentRels[i].equals(rel)) {
        repeated++;
        view.setSeenIn(id, recentBuffers[i]);
        return;
      }
    }
    int buffer = pool.seek(rel, fork, block);
    if (buffer != BufferPool.INVALID) {
      hits++;
      view.setSeenIn(id, buffer);
      touched ^= pool.lsn(buffer);
    } else if (isMadeByOneBefore(view, rel, fork, block)) {
      initialized++;
    } else {
      buffer = read(rel, fork, block);
    }
    recentRels[recentNext] = rel;
    recentForks[recentNext] = fork;
    recentBlocks[recentNext] = block;
    recentBuffers[recentNext] = buffer;
    recentNext = recentNext + 1 & RECENT - 1;
  }

  private boolean isMadeByOneBefore(WalRecordView view, RelFileLocator rel, Fork fork, int block) {
    for (int i = 0; i < count; i++) {
      WalRecordView other = views[head + i & RECORDS_MAX - 1];
      for (int id = 0; other != view && id < other.blockCount(); id++) {
        if (other.hasBlock(id)
            && (other.hasImage(id) || other.willInit(id))
            && other.block(id) == block
            && other.fork(id) == fork
            && other.rel(id).equals(rel)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Starts to read a block; the buffer that it is in when that was there already after all.
  private int read(RelFileLocator rel, Fork fork, int block) {
    try {
      if (block >= pool.blocks(rel, fork)) {
        newOnes++;
        return BufferPool.INVALID;
      }
    } catch (NotYet lengthUnknown) {
      reading.add(lengthUnknown.until().otherwiseEmpty().mapEmpty());
      return BufferPool.INVALID;
    }
    prefetched++;
    Future<Void> read = pool.startReading(rel, fork, block);
    if (!read.isComplete()) {
      reading.add(read);
    }
    return pool.seek(rel, fork, block);
  }

  private void tellCounters() {
    counters.prefetch.add(prefetched);
    counters.hit.add(hits);
    counters.skipInit.add(initialized);
    counters.skipNew.add(newOnes);
    counters.skipFpw.add(images);
    counters.skipRep.add(repeated);
    prefetched = 0;
    hits = 0;
    initialized = 0;
    newOnes = 0;
    images = 0;
    repeated = 0;
    counters.setDistances((int) walDistance(), blocksAhead, reading.size());
  }
}
