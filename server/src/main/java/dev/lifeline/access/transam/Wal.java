package dev.lifeline.access.transam;

import dev.lifeline.events.Subject;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.WalFlush;
import dev.lifeline.storage.ipc.Latch;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The write-ahead log: records go into the WAL buffers in order, and from there to the segment
/// files in groups, one flush at a time. Commits that arrive while a flush is running share the
/// next.
///
/// Until recovery has found the end of the WAL nothing can be inserted, and everything counts as
/// flushed: redo changes pages after records that are on the disk already. Only a recovery from an
/// archive first writes down how far it has to come again for the pages that it writes.
public final class Wal implements WalFlush {
  private final Arena arena = Arena.ofShared();
  private final boolean fullPageWrites;
  private final Counters counters;

  private final ArrayDeque<WalRecordBuilder> builders = new ArrayDeque<>();
  private final Latch buildersLatch = new Latch();

  private volatile @Nullable WalBuffers buffers;
  private volatile @Nullable WalFlusher flusher;
  private @Nullable BufferPool pool;
  private volatile long redoInRecovery;

  /// What says how far pages may be written while there is no flush.
  private volatile @Nullable ArchiveRecovery recovery;

  private final AtomicInteger backups = new AtomicInteger();
  private volatile boolean compression;
  private volatile boolean logical;

  /// Who flushes what nobody in particular asks for.
  private volatile Subject subject;

  /// @param startup who flushes before there is a WAL writer, on the event log
  Wal(boolean fullPageWrites, Counters counters, Subject startup) {
    this.subject = startup;
    this.counters = counters;
    this.fullPageWrites = fullPageWrites;
  }

  /// The pool whose buffers records are about: it needs the WAL and the WAL needs it.
  void attach(BufferPool bufferPool) {
    pool = bufferPool;
  }

  Arena arena() {
    return arena;
  }

  /// Redo begins here: for the hints.
  void beginRedo(long redoLsn, ArchiveRecovery replay) {
    redoInRecovery = redoLsn;
    recovery = replay;
  }

  /// The end of the WAL is known: insertion may begin.
  void open(WalBuffers ring, WalFlusher writer) {
    buffers = ring;
    flusher = writer;
  }

  /// Who does the flushes that are nobody's own, on the event log: those that a page needs before
  /// it is written, and those of the background.
  public void setSubject(Subject process) {
    subject = process;
  }

  Subject subject() {
    return subject;
  }

  WalBuffers buffers() {
    WalBuffers ring = buffers;
    if (ring == null) {
      throw new IllegalStateException("cannot make new WAL entries during recovery");
    }
    return ring;
  }

  /// Counts a record.
  void count(int bytes, int images) {
    counters.walRecords.increment();
    counters.walBytes.add(bytes);
    if (images > 0) {
      counters.walFpi.add(images);
    }
  }

  /// `wal_compression`.
  void setCompression(boolean on) {
    compression = on;
  }

  /// `wal_level`: whether changes are logged so that they can be decoded.
  public void setLogical(boolean on) {
    logical = on;
  }

  public boolean isLogical() {
    return logical;
  }

  boolean compression() {
    return compression;
  }

  boolean fullPageWrites() {
    return fullPageWrites || backups.get() > 0;
  }

  BufferPool pool() {
    BufferPool attached = pool;
    if (attached == null) {
      throw new IllegalStateException("the WAL has no buffer pool");
    }
    return attached;
  }

  /// To be called before a change, while nothing is pinned: throws NotYet while the WAL buffers
  /// hold too much that is not written, so that inserting never has to wait.
  public void reserve() {
    WalBuffers ring = buffers();
    long inserted = ring.insertedLsn();
    if (inserted - flushedLsn() > ring.capacity() / 2) {
      counters.walBuffersFull.increment();
      throw new NotYet(flush(inserted));
    }
  }

  /// Begins a record.
  ///
  /// @param rmgr one of [Rmgr]
  /// @param info what it is to its resource manager, 0 to 255
  /// @param xid the transaction, 0 for none
  public WalRecordBuilder begin(int rmgr, int info, long xid) {
    buildersLatch.lock();
    WalRecordBuilder builder = builders.poll();
    buildersLatch.unlock();
    if (builder == null) {
      builder = new WalRecordBuilder(this, arena);
    }
    return builder.begin(rmgr, info, xid);
  }

  /// The builder is done with its record and may be used for another one.
  void giveBack(WalRecordBuilder builder) {
    buildersLatch.lock();
    builders.push(builder);
    buildersLatch.unlock();
  }

  /// The end of the last record.
  public long insertLsn() {
    return buffers().insertedLsn();
  }

  /// Where the last record ends that is no checkpoint's and no switch.
  public long importantLsn() {
    return buffers().importantLsn();
  }

  /// Goes on in the next segment, unless nothing was written to this one.
  ///
  /// @return where the record that says so ends
  public long switchSegment() {
    WalBuffers ring = buffers();
    long inserted = ring.insertedLsn();
    return inserted % ring.segmentSize() == 0
        ? inserted
        : begin(Rmgr.XLOG, XlogRecords.SWITCH, 0).insert();
  }

  /// The end of the last segment that was filled or switched away from since the start, and when
  /// that was, by the clock's [dev.lifeline.utils.Clock#nanoTime].
  public SegmentEnd lastSegmentEnd() {
    WalFlusher writer = flusher;
    return writer == null ? SegmentEnd.NONE : writer.lastSegmentEnd();
  }

  /// The end of a segment.
  ///
  /// @param nanos when it was reached
  public record SegmentEnd(long lsn, long nanos) {
    static final SegmentEnd NONE = new SegmentEnd(0, 0);
  }

  /// While a base backup is made, every page's first change after a checkpoint logs its image: the
  /// copy of the page may be torn.
  void backupBegins() {
    backups.incrementAndGet();
  }

  void backupEnds() {
    backups.decrementAndGet();
  }

  @Override
  public long redoLsn() {
    WalBuffers ring = buffers;
    return ring == null ? redoInRecovery : ring.redoLsn();
  }

  @Override
  public long flushedLsn() {
    WalFlusher writer = flusher;
    if (writer != null) {
      return writer.flushedLsn();
    }
    ArchiveRecovery replay = recovery;
    return replay == null ? Long.MAX_VALUE : replay.flushableLsn();
  }

  /// Group commit: completes after the flush that covers the LSN.
  @Override
  public Future<Void> flush(long lsn) {
    return flush(lsn, subject);
  }

  /// As [#flush(long)], by a process that does it for itself.
  Future<Void> flush(long lsn, Subject by) {
    WalFlusher writer = flusher;
    if (writer != null) {
      return writer.flush(lsn, by);
    }
    ArchiveRecovery replay = recovery;
    return replay == null ? Future.succeededFuture() : replay.allowFlush(lsn);
  }

  /// Completes when the WAL is flushed beyond a point: for those who follow it. Asks for no flush.
  public Future<Void> flushedBeyond(long lsn) {
    WalFlusher writer = flusher;
    return writer == null ? Future.succeededFuture() : writer.flushedBeyond(lsn);
  }

  /// Flushes everything: a round of the WAL writer, which makes asynchronous commits durable.
  public Future<Void> flushAll() {
    WalBuffers ring = buffers;
    return ring == null ? Future.succeededFuture() : flush(ring.insertedLsn());
  }

  /// Ends the generation: nothing is flushed any more.
  void close() {
    WalFlusher writer = flusher;
    if (writer != null) {
      writer.close();
    }
  }

  void free() {
    arena.close();
  }
}
