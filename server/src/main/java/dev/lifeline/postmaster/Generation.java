package dev.lifeline.postmaster;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.events.Subject;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.PostmasterHooks;
import dev.lifeline.utils.Timers;

/// Shared memory, and what works upon it: made at the start, and anew after every crash.
public interface Generation {
  SharedMemory sharedMemory();

  /// What a backend that is forked now finds.
  BackendEnvironment environment(Timers timers, PostmasterHooks postmaster);

  /// The startup process was forked, by this event: the cause of the recovery.
  void startupForked(long sequence);

  /// The checkpointer was told to end, by this event: the cause of the last checkpoint.
  void checkpointerTold(long sequence);

  /// The startup process's work is done: what stands upon shared memory can be made.
  void recovered();

  /// What the autovacuum processes do in it, on the event loop of those timers.
  Autovacuum autovacuum(Subject process, Timers timers, PostmasterHooks postmaster);

  /// What the logical replication processes do in it, on the event loop of those timers.
  LogicalReplication logicalReplication(Subject process, Timers timers, PostmasterHooks postmaster);

  /// What they know of each other.
  LogicalWorkers logicalWorkers();
}
