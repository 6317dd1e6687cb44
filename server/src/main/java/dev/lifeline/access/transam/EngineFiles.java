package dev.lifeline.access.transam;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/// Makes the first files of a cluster. `PG_VERSION` comes last of all, when the catalogs are there
/// too ([#complete]): a directory without it is none that a server may be started on, however far
/// whoever made it has come.
public final class EngineFiles {
  private static final List<String> DIRECTORIES =
      List.of(
          "global",
          "base",
          WalFiles.DIRECTORY,
          WalFiles.DIRECTORY + "/archive_status",
          Clog.DIRECTORY);

  private EngineFiles() {}

  /// Makes everything that a first start needs; the catalogs are made by that.
  public static Future<ControlData> create(
      Disk disk, EngineConfig config, Clock clock, long systemIdentifier) {
    int segmentSize = config.walSegmentSize();
    long checkpointLsn = (long) segmentSize + WalFormat.SEGMENT_HEADER;
    ControlData data =
        new ControlData(
            systemIdentifier,
            ControlData.State.SHUT_DOWN,
            clock.epochMicros(),
            checkpointLsn,
            checkpointLsn,
            1,
            Xact.FIRST_NORMAL_XID,
            Numbers.FIRST_NORMAL,
            Numbers.FIRST_NORMAL,
            Xact.FIRST_NORMAL_XID,
            1,
            segmentSize);
    return disk.exists(ControlFile.PATH)
        .compose(exists ->
            exists
                ? Future.failedFuture(
                    PgException.fatal(
                        SqlState.DUPLICATE_FILE, "file \"%s\" exists already", ControlFile.PATH))
                : directories(disk, 0))
        .compose(ignored -> firstSegment(disk, data, clock.epochMicros()))
        .compose(ignored -> ControlFile.create(disk, data).update(same -> same))
        .compose(ignored -> disk.syncDirectory("."))
        .map(ignored -> data);
  }

  private static Future<Void> directories(Disk disk, int at) {
    if (at == DIRECTORIES.size()) {
      return Future.succeededFuture();
    }
    return disk.createDirectory(DIRECTORIES.get(at)).compose(ignored -> directories(disk, at + 1));
  }

  /// The cluster is whole, and durable: from here on it may be started.
  public static Future<Void> complete(Disk disk) {
    MemorySegment text = Arena.ofAuto().allocate(3).copyFrom(MemorySegment.ofArray(ascii("15\n")));
    return disk.create("PG_VERSION")
        .compose(file ->
            file.write(text, 0).compose(ignored -> file.sync()).compose(ignored -> file.close()))
        .compose(ignored -> disk.syncDirectory("."));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The WAL begins with the second segment, as PostgreSQL's: position 0 means "none".
  private static Future<Void> firstSegment(Disk disk, ControlData data, long nowMicros) {
    int segmentSize = data.walSegmentSize();
    WalFiles files = new WalFiles(disk, disk, data.timeline(), segmentSize, false, () -> true);
    MemorySegment start = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    WalFormat.putSegmentHeader(
        start, 0, segmentSize, data.timeline(), data.systemIdentifier(), segmentSize);
    putCheckpoint(start, data, nowMicros);
    int bytes = Math.min(PageLayout.PAGE_SIZE, segmentSize);
    return files
        .segment(segmentSize)
        .compose(file ->
            file.write(start.asSlice(0, bytes), 0)
                .compose(ignored -> file.sync())
                .compose(ignored -> file.close()));
  }

  /// The record of a shutdown checkpoint, put together by hand because there is no engine yet.
  private static void putCheckpoint(MemorySegment start, ControlData data, long nowMicros) {
    MemorySegment m = start.asSlice(WalFormat.SEGMENT_HEADER);
    int content = 56;
    int length = WalFormat.RECORD_HEADER + 4 + content;
    m.set(PageLayout.INT, WalFormat.LENGTH, length);
    m.set(PageLayout.INT, WalFormat.INCARNATION, data.incarnation());
    m.set(PageLayout.BYTE, WalFormat.INFO, (byte) XlogRecords.CHECKPOINT_SHUTDOWN);
    m.set(PageLayout.BYTE, WalFormat.RMGR, (byte) Rmgr.XLOG);
    m.set(PageLayout.INT, WalFormat.RECORD_HEADER, content);
    long at = WalFormat.RECORD_HEADER + 4L;
    m.set(PageLayout.LONG, at, data.redoLsn());
    m.set(PageLayout.LONG, at + 8, nowMicros);
    m.set(PageLayout.LONG, at + 16, data.nextXid());
    m.set(PageLayout.LONG, at + 24, data.nextRelNumber());
    m.set(PageLayout.LONG, at + 32, data.oldestXid());
    m.set(PageLayout.INT, at + 40, data.nextOid());
    m.set(PageLayout.INT, at + 48, data.timeline());
    m.set(PageLayout.INT, at + 52, data.timeline());
    CRC32C crc = new CRC32C();
    crc.update(m.asSlice(WalFormat.RECORD_HEADER, length - WalFormat.RECORD_HEADER).asByteBuffer());
    crc.update(m.asSlice(0, WalFormat.CRC).asByteBuffer());
    m.set(PageLayout.INT, WalFormat.CRC, (int) crc.getValue());
  }
}
