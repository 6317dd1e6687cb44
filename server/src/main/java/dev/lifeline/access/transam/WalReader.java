package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the WAL record by record, until no valid one follows: that is its end. See [WalFormat] for
/// what makes a record valid.
///
/// The records' bytes are collected, without the segments' headers, in a window that moves on.
final class WalReader {
  /// What a step found.
  enum Step {
    RECORD,
    /// Call [#load] first.
    MORE,
    END
  }

  private static final int LOAD_SIZE = 256 * 1024;

  private final WalSegments segments;
  private final int segmentSize;
  private final long systemIdentifier;
  private final Arena arena;
  private final MemorySegment loaded;
  private final WalRecordView own = new WalRecordView();
  private final CRC32C crc = new CRC32C();

  private MemorySegment window;
  private ByteBuffer windowBuffer;
  private long windowFrom;
  private long windowTo;

  /// Where the next byte is to be read from the files.
  private long readAt;

  /// Where the record at the window's beginning begins, and the end of the one before it.
  private long recordLsn;

  private long endLsn;
  private long previousLsn;
  private int incarnation;
  private boolean exhausted;

  /// What lies behind is not read yet: it may still change.
  private long limit = Long.MAX_VALUE;

  /// The next piece of the files, when it is being read already.
  private @Nullable Future<Integer> begun;

  /// A piece of a segment whose rest is skipped: what it reads is nobody's.
  private @Nullable Future<Integer> stale;

  private boolean readsAhead;
  private @Nullable String endReason;
  private @Nullable DiskFile file;
  private long fileSegment = -1;

  /// @param startLsn where a record begins
  /// @param previousLsn that the first record must point back to; -1 when not known
  WalReader(
      Disk disk,
      Arena arena,
      int timeline,
      int segmentSize,
      long systemIdentifier,
      long startLsn,
      long previousLsn) {
    this(
        WalSegments.of(disk, WalFiles.DIRECTORY, timeline, segmentSize),
        arena,
        segmentSize,
        systemIdentifier,
        startLsn,
        previousLsn);
  }

  /// @param segments where they are
  WalReader(
      WalSegments segments,
      Arena arena,
      int segmentSize,
      long systemIdentifier,
      long startLsn,
      long previousLsn) {
    this.segments = segments;
    this.arena = arena;
    this.segmentSize = segmentSize;
    this.systemIdentifier = systemIdentifier;
    this.previousLsn = previousLsn;
    loaded = arena.allocate(LOAD_SIZE, 4096);
    window = arena.allocate(2L * LOAD_SIZE, 8);
    windowBuffer = window.asByteBuffer();
    readAt = startLsn;
    endLsn = startLsn;
    recordLsn = WalFormat.startAfter(startLsn, segmentSize);
  }

  /// From now on the piece after the one that is in use is read meanwhile. Not for one who follows
  /// a WAL that is being written: what he has read ahead may be from before.
  WalReader readAhead() {
    readsAhead = true;
    return this;
  }

  /// The record that the last step without a view found; valid until the next step or load.
  WalRecordView record() {
    return own;
  }

  /// Where the last valid record ends.
  long endLsn() {
    return endLsn;
  }

  /// Where the last valid record begins.
  long lastLsn() {
    return previousLsn;
  }

  /// The newest incarnation that any record had.
  int incarnation() {
    return incarnation;
  }

  /// Why what follows the last record is none, in PostgreSQL's words; null where the files end.
  @Nullable String endReason() {
    return endReason;
  }

  Step next() {
    return next(own);
  }

  /// As [#next()], with a view of the caller's, which is valid until the next load.
  Step next(WalRecordView view) {
    long available = windowTo - windowFrom;
    if (available < WalFormat.RECORD_HEADER) {
      return exhausted ? Step.END : Step.MORE;
    }
    int length = window.get(PageLayout.INT, windowFrom + WalFormat.LENGTH);
    if (!isPlausible(length)) {
      endReason = implausible(length);
      return Step.END;
    }
    long padded = WalFormat.align(length);
    if (available < padded) {
      return exhausted ? Step.END : Step.MORE;
    }
    if (!isIntact(length)) {
      endReason = "incorrect resource manager data checksum in record at " + Lsn.format(recordLsn);
      return Step.END;
    }
    long recordEnd = WalFormat.align(WalFormat.advance(recordLsn, length, segmentSize));
    boolean switches = isSwitch();
    long end = switches ? WalFormat.segmentEnd(recordEnd, segmentSize) : recordEnd;
    if (!view.parse(window, windowFrom, length, recordLsn, end)) {
      return Step.END;
    }
    incarnation = window.get(PageLayout.INT, windowFrom + WalFormat.INCARNATION);
    previousLsn = recordLsn;
    endLsn = end;
    recordLsn = WalFormat.startAfter(end, segmentSize);
    windowFrom += padded;
    if (switches) {
      skip(end - recordEnd);
    }
    return Step.RECORD;
  }

  private boolean isSwitch() {
    return window.get(PageLayout.BYTE, windowFrom + WalFormat.RMGR) == Rmgr.XLOG
        && (window.get(PageLayout.BYTE, windowFrom + WalFormat.INFO) & 0xff) == XlogRecords.SWITCH;
  }

  /// Goes on behind the rest of a segment, which need not be read.
  private void skip(long rest) {
    long available = windowTo - windowFrom;
    if (rest <= available) {
      windowFrom += rest;
      return;
    }
    windowFrom = windowTo;
    readAt += rest - available;
    stale = begun;
    begun = null;
  }

  private boolean isPlausible(int length) {
    if (length < WalFormat.RECORD_HEADER + 4 || length > WalFormat.RECORD_MAX) {
      return false;
    }
    long previous = window.get(PageLayout.LONG, windowFrom + WalFormat.PREVIOUS);
    boolean linked = previousLsn < 0 ? previous < recordLsn : previous == previousLsn;
    return linked
        && window.get(PageLayout.INT, windowFrom + WalFormat.INCARNATION) - incarnation >= 0;
  }

  private String implausible(int length) {
    String at = " at " + Lsn.format(recordLsn);
    if (length < WalFormat.RECORD_HEADER + 4) {
      return "invalid record length%s: wanted %d, got %d"
          .formatted(at, WalFormat.RECORD_HEADER, length);
    }
    if (length > WalFormat.RECORD_MAX) {
      return "record length %d%s too long".formatted(length, at);
    }
    long previous = window.get(PageLayout.LONG, windowFrom + WalFormat.PREVIOUS);
    return "record with incorrect prev-link " + Lsn.format(previous) + at;
  }

  private boolean isIntact(int length) {
    crc.reset();
    int from = (int) windowFrom;
    windowBuffer.limit(from + length).position(from + WalFormat.RECORD_HEADER);
    crc.update(windowBuffer);
    windowBuffer.position(from).limit(from + WalFormat.CRC);
    crc.update(windowBuffer);
    return (int) crc.getValue() == window.get(PageLayout.INT, windowFrom + WalFormat.CRC);
  }

  /// Nothing beyond this point is read until it is moved.
  void limit(long lsn) {
    limit = lsn;
  }

  /// Whether everything up to the limit is in the window.
  boolean atLimit() {
    return readAt >= limit;
  }

  /// Whether the files have ended before their time.
  boolean exhausted() {
    return exhausted;
  }

  /// Brings more of the files into the window, or finds that there is no more.
  Future<Void> load() {
    Future<Integer> unwanted = stale;
    if (unwanted != null) {
      stale = null;
      return unwanted.transform(read -> load());
    }
    Future<Integer> piece = begun != null ? begun : fetch();
    begun = null;
    return piece.map(bytes -> {
      take(bytes, readAt % segmentSize == 0);
      if (readsAhead && !exhausted) {
        begun = fetch();
      }
      return null;
    });
  }

  /// Reads what comes next; no bytes where there is no file.
  private Future<Integer> fetch() {
    long segment = readAt / segmentSize;
    if (file != null && fileSegment == segment) {
      return read(file);
    }
    return closeFile()
        .compose(ignored -> segments.open(readAt))
        .compose(found -> {
          if (found.isEmpty()) {
            return Future.succeededFuture(0);
          }
          file = found.get();
          fileSegment = segment;
          return read(found.get());
        });
  }

  private Future<Integer> read(DiskFile from) {
    long inSegment = readAt % segmentSize;
    long most = Math.min(LOAD_SIZE, segmentSize - inSegment);
    long bytes = Math.min(most, limit - readAt);
    return from.read(loaded.asSlice(0, bytes), inSegment);
  }

  private void take(int bytes, boolean atHeader) {
    int skip = atHeader ? WalFormat.SEGMENT_HEADER : 0;
    if (bytes <= skip
        || (atHeader
            && !WalFormat.isSegmentHeader(loaded, 0, readAt, systemIdentifier, segmentSize))) {
      exhausted = true;
      return;
    }
    makeRoom(bytes - skip);
    MemorySegment.copy(loaded, skip, window, windowTo, bytes - skip);
    windowTo += bytes - skip;
    readAt += bytes;
  }

  private void makeRoom(int bytes) {
    long kept = windowTo - windowFrom;
    MemorySegment to = window;
    if (kept + bytes > window.byteSize()) {
      to = arena.allocate(Long.highestOneBit(kept + bytes) * 2, 8);
    }
    MemorySegment.copy(window, windowFrom, to, 0, kept);
    if (to.byteSize() != window.byteSize()) {
      window = to;
      windowBuffer = to.asByteBuffer();
    }
    windowFrom = 0;
    windowTo = kept;
  }

  /// Ends what is under way; then the memory may go.
  Future<Void> close() {
    Future<Integer> piece = begun != null ? begun : stale;
    begun = null;
    stale = null;
    return piece == null ? closeFile() : piece.transform(read -> closeFile());
  }

  private Future<Void> closeFile() {
    DiskFile opened = file;
    file = null;
    fileSegment = -1;
    return opened == null ? Future.succeededFuture() : opened.close();
  }
}
