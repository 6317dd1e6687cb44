package dev.lifeline.replication;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.access.transam.ReplicationState;
import dev.lifeline.events.Lsn;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What replication shares in one generation: slots, origins, exported snapshots, and who sends.
public final class Replication implements ReplicationState {
  private final ReplicationSlots slots;
  private final ReplicationOrigins origins;
  private final LongSupplier keepBytesMax;
  private final LongSupplier walBytesMax;
  private final Consumer<PgException> log;
  private volatile @Nullable SharedMemory memory;
  private final LogicalWorkers workers = new LogicalWorkers();
  private final Map<String, RunningXids> exported = new ConcurrentHashMap<>();
  private final Map<Integer, WalSenderStatus> senders = new ConcurrentHashMap<>();

  /// Makes one for a generation; nothing is read yet.
  ///
  /// @param slotsMax `max_replication_slots`
  /// @param keepBytesMax `max_slot_wal_keep_size` in bytes, negative for no limit
  /// @param walBytesMax `max_wal_size` in bytes
  /// @param log for what the server log is to say
  public Replication(
      Disk disk,
      int slotsMax,
      LongSupplier keepBytesMax,
      LongSupplier walBytesMax,
      Consumer<PgException> log) {
    this.slots = new ReplicationSlots(disk, slotsMax);
    this.origins = new ReplicationOrigins(disk, this::flush);
    this.keepBytesMax = keepBytesMax;
    this.walBytesMax = walBytesMax;
    this.log = log;
  }

  /// The storage is up: sessions can begin.
  public void attach(SharedMemory shared) {
    memory = shared;
  }

  /// The storage, once it is up.
  public SharedMemory memory() {
    SharedMemory shared = memory;
    if (shared == null) {
      throw new IllegalStateException("recovery is not over");
    }
    return shared;
  }

  /// What redo has found is durable already.
  private Future<Void> flush(long lsn) {
    SharedMemory shared = memory;
    return shared == null || lsn <= shared.wal().flushedLsn()
        ? Future.succeededFuture()
        : shared.wal().flush(lsn);
  }

  public long systemIdentifier() {
    return memory().controlData().systemIdentifier();
  }

  public int timeline() {
    return memory().controlData().timeline();
  }

  /// So far the WAL can be told.
  public long flushedLsn() {
    return memory().wal().flushedLsn();
  }

  public ReplicationSlots slots() {
    return slots;
  }

  public ReplicationOrigins origins() {
    return origins;
  }

  /// The processes that work for subscriptions.
  public LogicalWorkers workers() {
    return workers;
  }

  /// Makes an origin begin at a point, whatever redo would find of it in the WAL until now.
  /// Completes when that is durable.
  public Future<Void> resetOrigin(int origin, long remoteLsn) {
    origins.set(origin, remoteLsn, memory().wal().insertLsn());
    return origins.save();
  }

  /// Snapshots that sessions offer to others, by their names.
  public Map<String, RunningXids> exportedSnapshots() {
    return exported;
  }

  /// The processes that send WAL, by their pids.
  public Map<Integer, WalSenderStatus> senders() {
    return senders;
  }

  @Override
  public Future<Void> startup() {
    return slots.load().compose(ignored -> origins.load());
  }

  @Override
  public void committed(LogicalRecords.Origin origin, long localEndLsn) {
    origins.committed(origin, localEndLsn);
  }

  @Override
  public Future<Void> checkpoint(long redoLsn, long endLsn) {
    invalidate(endLsn);
    boolean idle = origins.list().isEmpty();
    return slots.saveAll().compose(ignored -> idle ? Future.succeededFuture() : origins.save());
  }

  /// Gives up the slots that keep more WAL than they may; who uses one is ended.
  private void invalidate(long endLsn) {
    long oldest = oldestAllowed(endLsn);
    for (ReplicationSlot slot : slots.list()) {
      long restart = slot.keepFrom();
      if (restart >= oldest) {
        continue;
      }
      int pid = slot.activePid();
      WalSenderStatus sender = senders.get(pid);
      if (sender != null) {
        say(
            "terminating process %d to release replication slot \"%s\""
                .formatted(pid, slot.name()));
        sender.terminate();
      }
      slot.lose();
      say(
          "invalidating slot \"%s\" because its restart_lsn %s exceeds max_slot_wal_keep_size"
              .formatted(slot.name(), Lsn.format(restart)));
    }
  }

  private void say(String message) {
    log.accept(PgException.log(message));
  }

  /// The first segment's start that slots may keep; `max_slot_wal_keep_size` counts in segments.
  private long oldestAllowed(long endLsn) {
    long most = keepBytesMax.getAsLong();
    SharedMemory shared = memory;
    if (most < 0 || shared == null) {
      return 0;
    }
    int segment = shared.controlData().walSegmentSize();
    return Math.max(0, (endLsn / segment - most / segment) * segment);
  }

  /// How much WAL a slot's place is away from being given up; null where that does not happen, or
  /// has.
  @Nullable Long safeWalSize(ReplicationSlot slot) {
    long most = keepBytesMax.getAsLong();
    if (most < 0 || slot.isLost()) {
      return null;
    }
    int segment = memory().controlData().walSegmentSize();
    long fails = (slot.restartLsn() / segment + most / segment + 1) * segment;
    return fails - flushedLsn();
  }

  /// As `wal_status` tells whether what a slot needs is there, and will be.
  String walStatus(ReplicationSlot slot) {
    if (slot.isLost()) {
      return "lost";
    }
    long now = flushedLsn();
    int segment = memory().controlData().walSegmentSize();
    long needed = slot.restartLsn() / segment;
    if (needed < oldestAllowed(now) / segment) {
      return "unreserved";
    }
    long usual = now / segment - walBytesMax.getAsLong() / segment - 1;
    return needed >= usual ? "reserved" : "extended";
  }

  @Override
  public long keepFrom() {
    return slots.keepFrom();
  }

  /// What `pg_stat_replication` shows of one process.
  public @Nullable WalSenderStatus sender(int pid) {
    return senders.get(pid);
  }
}
