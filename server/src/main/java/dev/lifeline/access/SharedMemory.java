package dev.lifeline.access;

import dev.lifeline.access.transam.CheckpointReport;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.RecoveryReport;
import dev.lifeline.access.transam.RelationStorage;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.util.List;

/// Everything that the processes share, for one generation: it is made empty, [#recover] brings it
/// up from the disk, and after a crash it is [abandoned][#abandon] unflushed and the next one is
/// made.
@SuppressWarnings("DoNotCallSuggester")
public final class SharedMemory {
  private SharedMemory() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Makes an empty one.
  ///
  /// @param resourceManagers of the rooms above, beside those of transam
  public static SharedMemory create(
      EngineConfig config, EngineEnvironment environment, List<ResourceManager> resourceManagers) {
    throw soon();
  }

  /// What the startup process does: reads the control file, repeats the WAL since the last
  /// checkpoint if the server was not shut down cleanly, and ends with a checkpoint. After it
  /// transactions may begin.
  public Future<RecoveryReport> recover() {
    throw soon();
  }

  /// Completes when a checkpoint that began after this call has ended.
  public Future<CheckpointReport> checkpoint(CheckpointRequest request) {
    throw soon();
  }

  /// Fences the disk and frees the memory: nothing of this generation is written any more.
  /// Completes when what was under way has ended.
  public Future<Void> abandon() {
    throw soon();
  }

  public BufferPool buffers() {
    throw soon();
  }

  public Wal wal() {
    throw soon();
  }

  public Transactions transactions() {
    throw soon();
  }

  public RelationStorage storage() {
    throw soon();
  }

  /// The heavyweight locks; made with the generation, and told of the transactions by
  /// [dev.lifeline.storage.lmgr.LockManager#xidOwners].
  public LockManager locks() {
    throw soon();
  }

  /// Bytes of WAL since the redo point of the last checkpoint: what `max_wal_size` bounds.
  public long walSinceRedo() {
    throw soon();
  }

  /// One round of the background writer; emits `bgwriter.round_completed` for that process where it
  /// wrote something.
  public Future<Void> backgroundWriterRound(Subject backgroundWriter) {
    throw soon();
  }

  /// What this generation counts: commits and rollbacks, blocks read and hit, WAL, buffers written.
  /// Whoever does such a thing counts it here.
  public Counters counters() {
    throw soon();
  }
}
