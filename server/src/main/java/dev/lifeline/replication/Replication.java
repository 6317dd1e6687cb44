package dev.lifeline.replication;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.access.transam.ReplicationState;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
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
  private final Consumer<PgException> log;
  private volatile @Nullable SharedMemory memory;
  private final LogicalWorkers workers = new LogicalWorkers();
  private final Map<String, RunningXids> exported = new ConcurrentHashMap<>();
  private final Map<Integer, WalSenderStatus> senders = new ConcurrentHashMap<>();

  /// Makes one for a generation; nothing is read yet.
  ///
  /// @param slotsMax `max_replication_slots`
  /// @param keepBytesMax `max_slot_wal_keep_size` in bytes, negative for no limit
  /// @param log for what the server log is to say
  public Replication(
      Disk disk, int slotsMax, LongSupplier keepBytesMax, Consumer<PgException> log) {
    this.slots = new ReplicationSlots(disk, slotsMax);
    this.origins = new ReplicationOrigins(disk, this::flush);
    this.keepBytesMax = keepBytesMax;
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

  /// Gives up the slots that keep more WAL than they may, unless they are in use.
  private void invalidate(long endLsn) {
    long most = keepBytesMax.getAsLong();
    if (most < 0) {
      return;
    }
    for (ReplicationSlot slot : slots.list()) {
      boolean tooFar = slot.keepFrom() != Long.MAX_VALUE && endLsn - slot.keepFrom() > most;
      if (tooFar && slot.activePid() == 0) {
        slot.lose();
        log.accept(
            new PgException(
                Severity.LOG,
                SqlState.SUCCESSFUL_COMPLETION,
                "invalidating slot \"%s\" because its restart_lsn exceeds max_slot_wal_keep_size"
                    .formatted(slot.name())));
      }
    }
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
