package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.page.PageLayout;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// What a server would read that takes every record of the WAL for whole whose length looks well:
/// gives the torn ones at its end the checksum of what is there, and the first that is left of what
/// the file was before the place of one that follows.
public final class SimulatedWalTail {
  private SimulatedWalTail() {}

  /// Goes on until there is nothing that looks like a record.
  public static Future<Void> takeForWhole(Disk disk, int segmentSize) {
    return takeForWhole(disk, segmentSize, true);
  }

  private static Future<Void> takeForWhole(Disk disk, int segmentSize, boolean oldOnes) {
    return ControlFile.read(disk)
        .compose(control -> {
          Arena arena = Arena.ofAuto();
          WalReader reader =
              new WalReader(
                  disk,
                  arena,
                  control.timeline(),
                  segmentSize,
                  control.systemIdentifier(),
                  control.redoLsn(),
                  -1);
          return toTheEnd(reader)
              .compose(end -> {
                String reason = String.valueOf(reader.endReason());
                boolean old = oldOnes && reason.contains("prev-link");
                return old || reason.contains("data checksum")
                    ? mend(disk, control, reader, segmentSize)
                        .compose(mended ->
                            mended
                                ? takeForWhole(disk, segmentSize, oldOnes && !old)
                                : Future.succeededFuture())
                    : Future.<Void>succeededFuture();
              })
              .eventually(reader::close);
        });
  }

  private static Future<Void> toTheEnd(WalReader reader) {
    WalReader.Step step = reader.next();
    while (step == WalReader.Step.RECORD) {
      step = reader.next();
    }
    return step == WalReader.Step.MORE
        ? reader.load().compose(loaded -> toTheEnd(reader))
        : Future.succeededFuture();
  }

  /// @return false where the record goes on in another segment: that one stays torn
  private static Future<Boolean> mend(
      Disk disk, ControlData control, WalReader reader, int segmentSize) {
    long lsn = WalFormat.startAfter(reader.endLsn(), segmentSize);
    String path =
        WalFiles.DIRECTORY + "/" + WalFormat.segmentName(control.timeline(), lsn, segmentSize);
    MemorySegment segment = Arena.ofAuto().allocate(segmentSize, 8);
    int at = (int) (lsn % segmentSize);
    return disk.open(path)
        .compose(file ->
            file.read(segment, 0)
                .compose(n -> {
                  int length = segment.get(PageLayout.INT, at + WalFormat.LENGTH);
                  if (at + length > segmentSize) {
                    return Future.succeededFuture(false);
                  }
                  segment.set(PageLayout.LONG, at + WalFormat.PREVIOUS, reader.lastLsn());
                  segment.set(PageLayout.INT, at + WalFormat.INCARNATION, reader.incarnation());
                  segment.set(PageLayout.INT, at + WalFormat.CRC, checksum(segment, at, length));
                  return file.write(segment.asSlice(at, WalFormat.RECORD_HEADER), at)
                      .compose(written -> file.sync())
                      .map(true);
                })
                .eventually(file::close));
  }

  private static int checksum(MemorySegment segment, int at, int length) {
    CRC32C crc = new CRC32C();
    int body = length - WalFormat.RECORD_HEADER;
    crc.update(segment.asSlice(at + WalFormat.RECORD_HEADER, body).asByteBuffer());
    crc.update(segment.asSlice(at, WalFormat.CRC).asByteBuffer());
    return (int) crc.getValue();
  }
}
