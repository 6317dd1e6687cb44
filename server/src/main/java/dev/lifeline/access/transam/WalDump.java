package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads WAL segments for people: wherever they are, without a cluster around them.
public final class WalDump {
  private final Disk disk;
  private final String directory;
  private final @Nullable ResourceManager[] managers = new ResourceManager[Rmgr.COUNT];

  /// @param directory where the segments are, relative to the disk
  /// @param others the resource managers of the rooms above
  public WalDump(Disk disk, String directory, List<ResourceManager> others) {
    this.disk = disk;
    this.directory = directory;
    for (ResourceManager manager : TransamRedo.describers()) {
      managers[manager.id()] = manager;
    }
    for (ResourceManager manager : others) {
      managers[manager.id()] = manager;
    }
  }

  /// What the header of a segment says, and its name: a timeline's first segment begins as a copy
  /// of its parent's, header and all.
  ///
  /// @param size of every segment
  /// @param startLsn where this one begins
  public record Segment(int timeline, int size, long systemIdentifier, long startLsn) {
    public long endLsn() {
      return startLsn + size;
    }
  }

  /// Sees the records one after the other.
  public interface Visitor {
    /// Sees one; returns false when it has seen enough.
    boolean visit(WalRecord record, ResourceManager manager);
  }

  /// Where reading ended.
  ///
  /// @param lastLsn where the last valid record begins
  /// @param endLsn where it ends
  /// @param reason why no other follows; null where the visitor had enough
  public record End(long lastLsn, long endLsn, @Nullable String reason) {}

  /// The resource managers by their names.
  public List<String> managerNames() {
    return Arrays.stream(managers).filter(Objects::nonNull).map(ResourceManager::name).toList();
  }

  /// The segments that are there, in order.
  public Future<List<String>> segments() {
    return disk.list(directory)
        .map(names ->
            names.stream().filter(name -> WalFormat.segmentStart(name, 1 << 20) >= 0).toList());
  }

  /// Reads a segment's header.
  public Future<Segment> segment(String name) {
    MemorySegment header = Arena.ofAuto().allocate(WalFormat.SEGMENT_HEADER, 8);
    return disk.open(directory + "/" + name)
        .compose(file -> file.read(header, 0).eventually(file::close))
        .map(bytes -> {
          Segment segment =
              new Segment(
                  Integer.parseUnsignedInt(name, 0, 8, 16),
                  header.get(PageLayout.INT, 12),
                  header.get(PageLayout.LONG, 16),
                  header.get(PageLayout.LONG, 24));
          boolean valid =
              bytes == WalFormat.SEGMENT_HEADER
                  && WalFormat.isSegmentHeader(
                      header, 0, segment.startLsn, segment.systemIdentifier, segment.size);
          if (!valid) {
            throw PgException.error(
                SqlState.DATA_CORRUPTED, "WAL segment \"%s\" has no valid header", name);
          }
          return segment;
        });
  }

  /// The name of the segment that a position is in.
  public static String segmentName(Segment any, long lsn) {
    return WalFormat.segmentName(any.timeline, lsn, any.size);
  }

  private WalReader reader(Segment segment, Arena arena, long lsn) {
    return new WalReader(
        WalSegments.of(disk, directory, segment.timeline, segment.size),
        arena,
        segment.size,
        segment.systemIdentifier,
        lsn,
        -1);
  }

  /// Finds the first record that begins at a position or after it, in the same segment. A record
  /// that began in the segment before may reach into this one: its rest is stepped over.
  ///
  /// @return -1 when there is none
  public Future<Long> firstRecord(Segment segment, long from) {
    MemorySegment content = Arena.ofAuto().allocate(segment.size, 8);
    return disk.open(directory + "/" + segmentName(segment, from))
        .compose(file -> read(file, content))
        .compose(bytes -> {
          long start = Math.max(from - segment.startLsn, WalFormat.SEGMENT_HEADER);
          return search(segment, content, bytes, WalFormat.align(start));
        });
  }

  private static Future<Integer> read(DiskFile file, MemorySegment content) {
    return file.read(content, 0).eventually(file::close);
  }

  private Future<Long> search(Segment segment, MemorySegment content, int bytes, long from) {
    long at = from;
    while (at + WalFormat.RECORD_HEADER <= bytes && !looksLikeRecord(segment, content, at)) {
      at += 8;
    }
    if (at + WalFormat.RECORD_HEADER > bytes) {
      return Future.succeededFuture(-1L);
    }
    long found = at;
    Arena arena = Arena.ofShared();
    WalReader reader = reader(segment, arena, segment.startLsn + found);
    return step(reader)
        .eventually(reader::close)
        .onComplete(result -> arena.close())
        .compose(record ->
            record
                ? Future.succeededFuture(segment.startLsn + found)
                : search(segment, content, bytes, found + 8));
  }

  /// Cheap questions first: only what passes them is worth a checksum.
  private boolean looksLikeRecord(Segment segment, MemorySegment content, long at) {
    int length = content.get(PageLayout.INT, at + WalFormat.LENGTH);
    long previous = content.get(PageLayout.LONG, at + WalFormat.PREVIOUS);
    int rmgr = content.get(PageLayout.BYTE, at + WalFormat.RMGR) & 0xff;
    long lsn = segment.startLsn + at;
    return length >= WalFormat.RECORD_HEADER + 4
        && length <= WalFormat.RECORD_MAX
        && previous >= 0
        && previous < lsn
        && previous % 8 == 0
        && rmgr < managers.length
        && managers[rmgr] != null;
  }

  private static Future<Boolean> step(WalReader reader) {
    return switch (reader.next()) {
      case RECORD -> Future.succeededFuture(true);
      case END -> Future.succeededFuture(false);
      case MORE -> reader.load().compose(ignored -> step(reader));
    };
  }

  /// Reads record by record from one that begins at a position.
  public Future<End> read(Segment segment, long start, Visitor visitor) {
    Arena arena = Arena.ofShared();
    WalReader reader = reader(segment, arena, start);
    return read(reader, visitor)
        .map(enough -> {
          String reason = reader.endReason();
          if (reason == null) {
            reason = "the WAL ends";
          }
          return new End(reader.lastLsn(), reader.endLsn(), enough ? null : reason);
        })
        .eventually(reader::close)
        .onComplete(result -> arena.close());
  }

  /// Whether the visitor had enough.
  private Future<Boolean> read(WalReader reader, Visitor visitor) {
    while (true) {
      switch (reader.next()) {
        case END -> {
          return Future.succeededFuture(false);
        }
        case MORE -> {
          return reader.load().compose(ignored -> read(reader, visitor));
        }
        case RECORD -> {
          ResourceManager manager = managers[reader.record().rmgr()];
          if (manager == null) {
            return Future.failedFuture(
                PgException.error(
                    SqlState.DATA_CORRUPTED,
                    "resource manager with ID %d not registered",
                    reader.record().rmgr()));
          }
          if (!visitor.visit(reader.record(), manager)) {
            return Future.succeededFuture(true);
          }
        }
      }
    }
  }
}
