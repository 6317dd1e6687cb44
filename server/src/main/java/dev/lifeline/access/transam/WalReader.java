package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Reads the WAL record by record, until no valid one follows: that is its end. See [WalFormat] for
/// what makes a record valid.
///
/// It goes through one [WalPiece] after the other, of two that take turns. Which records of a piece
/// are intact is found out where it was read, on a thread of the disk where it has any, and for one
/// who reads ahead while the piece before is still in use.
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
  private final WalRecordView own = new WalRecordView();
  private final WalScan scan;

  private WalPiece piece;
  private WalPiece spare;

  /// Where the next record begins in the piece.
  private long at;

  /// Where the next byte is to be read from the files.
  private long readAt;

  /// Where the next record begins, and the end of the one before it.
  private long recordLsn;

  private long endLsn;
  private long previousLsn;
  private int incarnation;

  /// A record was intact and made no sense: as good as the end.
  private boolean senseless;

  /// What lies behind is not read yet: it may still change.
  private long limit = Long.MAX_VALUE;

  /// The next piece, when it is being read already.
  private @Nullable Future<WalPiece> begun;

  private boolean readsAhead;
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
    this.segmentSize = segmentSize;
    this.systemIdentifier = systemIdentifier;
    this.previousLsn = previousLsn;
    scan = new WalScan(segmentSize, startLsn, previousLsn);
    piece = new WalPiece(arena, LOAD_SIZE);
    spare = new WalPiece(arena, LOAD_SIZE);
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
    return at == piece.intactTo() ? piece.endReason() : null;
  }

  Step next() {
    return next(own);
  }

  /// As [#next()], with a view of the caller's, which is valid until the next load.
  Step next(WalRecordView view) {
    if (at == piece.intactTo()) {
      return piece.isLast() ? Step.END : Step.MORE;
    }
    int length = piece.intAt(at + WalFormat.LENGTH);
    long end = WalFormat.align(WalFormat.advance(recordLsn, length, segmentSize));
    if (WalScan.isSwitch(piece, at)) {
      end = WalFormat.segmentEnd(end, segmentSize);
    }
    if (senseless || !view.parse(piece.memory(), at, length, recordLsn, end)) {
      senseless = true;
      return Step.END;
    }
    incarnation = piece.intAt(at + WalFormat.INCARNATION);
    previousLsn = recordLsn;
    endLsn = end;
    recordLsn = WalFormat.startAfter(end, segmentSize);
    at += WalFormat.align(length);
    return Step.RECORD;
  }

  /// Nothing beyond this point is read until it is moved.
  void limit(long lsn) {
    limit = lsn;
  }

  /// Whether everything up to the limit has been read.
  boolean atLimit() {
    return readAt >= limit;
  }

  /// Brings more of the files in, or finds that there is no more.
  Future<Void> load() {
    Future<WalPiece> loaded = begun != null ? begun : fetch();
    begun = null;
    return loaded.map(next -> {
      spare = piece;
      piece = next;
      at = next.from();
      if (readsAhead && !next.isLast()) {
        begun = fetch();
      }
      return null;
    });
  }

  /// Reads what comes next; a last piece where there is no file.
  private Future<WalPiece> fetch() {
    long segment = readAt / segmentSize;
    if (file != null && fileSegment == segment) {
      return read(file);
    }
    return closeFile()
        .compose(ignored -> segments.open(readAt))
        .compose(found -> {
          if (found.isEmpty()) {
            WalPiece next = spare;
            next.endFiles(piece);
            return Future.succeededFuture(next);
          }
          file = found.get();
          fileSegment = segment;
          return read(found.get());
        });
  }

  private Future<WalPiece> read(DiskFile from) {
    long inSegment = readAt % segmentSize;
    long most = Math.min(LOAD_SIZE, segmentSize - inSegment);
    long bytes = Math.min(most, limit - readAt);
    WalPiece before = piece;
    WalPiece next = spare;
    return from.read(
            next.room(before, bytes), inSegment, read -> take(before, next, read, inSegment == 0))
        .map(next);
  }

  /// Not on the reader's thread, which meanwhile uses the piece before, but not what is left of it.
  private void take(WalPiece before, WalPiece next, int bytes, boolean atHeader) {
    int header = atHeader ? WalFormat.SEGMENT_HEADER : 0;
    if (bytes <= header
        || (atHeader && !next.beginsSegment(readAt, systemIdentifier, segmentSize))) {
      next.endFiles(before);
      return;
    }
    next.follow(before, bytes, header);
    readAt += bytes + scan.check(next);
  }

  /// Ends what is under way; then the memory may go.
  Future<Void> close() {
    Future<WalPiece> reading = begun;
    begun = null;
    return reading == null ? closeFile() : reading.transform(read -> closeFile());
  }

  private Future<Void> closeFile() {
    DiskFile opened = file;
    file = null;
    fileSegment = -1;
    return opened == null ? Future.succeededFuture() : opened.close();
  }
}
