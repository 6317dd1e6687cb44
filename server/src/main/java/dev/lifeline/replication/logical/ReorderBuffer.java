package dev.lifeline.replication.logical;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.adt.ByteWriter;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts the changes of the WAL, where transactions are mixed, into the order of their commits. When
/// all together take more than `logical_decoding_work_mem`, the biggest transaction goes to files,
/// which are read back when it commits.
final class ReorderBuffer {
  private final Disk disk;
  private final String directory;
  private final long memory;
  private final SlotStatistics statistics;
  private final Map<Long, DecodedXact> open = new HashMap<>();

  /// The transactions that subtransactions belong to.
  private final Map<Long, Long> topOf = new HashMap<>();

  private final Set<Long> spilledOnce = new HashSet<>();
  private long bytes;

  /// @param directory where its files are, which exists
  /// @param memory in bytes
  ReorderBuffer(Disk disk, String directory, long memory, SlotStatistics statistics) {
    this.disk = disk;
    this.directory = directory;
    this.memory = memory;
    this.statistics = statistics;
  }

  /// The transaction that an xid belongs to, made where its first change has come.
  DecodedXact begin(long topXid, long lsn) {
    return open.computeIfAbsent(topXid, xid -> new DecodedXact(xid, lsn));
  }

  void assign(long subXid, long topXid) {
    topOf.put(subXid, topXid);
  }

  /// The open transaction of a transaction's or subtransaction's xid; null where nothing of it is
  /// decoded.
  @Nullable DecodedXact find(long xid) {
    return open.get(topOf.getOrDefault(xid, xid));
  }

  void add(DecodedXact xact, Change change) {
    xact.add(change);
    bytes += change.size();
  }

  /// The transaction has taken back the row that it inserted last.
  void retract(DecodedXact xact) {
    bytes -= xact.retract();
  }

  /// Takes a transaction out that has ended.
  @Nullable DecodedXact remove(long xid) {
    DecodedXact xact = open.remove(xid);
    if (xact != null) {
      bytes -= xact.bytes();
      topOf.values().removeIf(top -> top == xid);
      spilledOnce.remove(xid);
    }
    return xact;
  }

  /// No transaction is running any more, however they ended.
  List<DecodedXact> removeAll() {
    List<DecodedXact> all = new ArrayList<>(open.values());
    open.clear();
    topOf.clear();
    bytes = 0;
    return all;
  }

  /// Where the oldest open transaction began; the given point where there is none.
  long oldest(long otherwise) {
    long oldest = otherwise;
    for (DecodedXact xact : open.values()) {
      oldest = Math.min(oldest, xact.firstLsn());
    }
    return oldest;
  }

  boolean isTooBig() {
    return bytes > memory;
  }

  /// Writes the biggest transaction to a file.
  Future<Void> spill() {
    DecodedXact biggest =
        open.values().stream().max(Comparator.comparingLong(DecodedXact::bytes)).orElse(null);
    if (biggest == null || biggest.bytes() == 0) {
      return Future.succeededFuture();
    }
    long before = biggest.bytes();
    String path = path(biggest, biggest.spills());
    List<Change> taken = biggest.takeForSpill();
    if (taken.isEmpty()) {
      return Future.succeededFuture();
    }
    long size = before - biggest.bytes();
    bytes -= size;
    ByteWriter out = new ByteWriter(64 << 10);
    for (Change change : taken) {
      change.write(out);
    }
    statistics.spilled(spilledOnce.add(biggest.xid()), size);
    byte[] content = out.toBytes();
    return disk.create(path)
        .compose(file ->
            file.truncate(0)
                .compose(empty -> file.write(MemorySegment.ofArray(content), 0))
                .eventually(file::close));
  }

  private String path(DecodedXact xact, int number) {
    return "%s/xid-%d-%d.spill".formatted(directory, xact.xid(), number);
  }

  /// Reads what was spilled at the given number's turn.
  Future<List<Change>> read(DecodedXact xact, int number) {
    return disk.contents(path(xact, number))
        .map(content -> {
          ByteBuffer in = ByteBuffer.wrap(content);
          List<Change> changes = new ArrayList<>();
          while (in.hasRemaining()) {
            changes.add(Change.read(in));
          }
          return changes;
        });
  }

  /// Deletes the files of a transaction.
  Future<Void> forget(DecodedXact xact) {
    Future<Void> done = Future.succeededFuture();
    for (int i = 0; i < xact.spills(); i++) {
      String path = path(xact, i);
      done = done.compose(ignored -> disk.delete(path));
    }
    return done;
  }
}
