package dev.lifeline.sim;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.RecoveryReport;
import dev.lifeline.events.Emitter;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Random;

/// A cluster in the simulator: a platter that stays, and one life of the server after the other on
/// it.
final class SimCluster {
  private static final int SEGMENT_SIZE = 8192;

  private final SimPlatter platter;
  private final Random random;
  private final SimDisk.Sabotage sabotage;
  private final EngineConfig config;
  private final SimScheduler scheduler;
  private SimDisk disk;
  private SharedMemory shared;
  private boolean panicExpected;
  private int panics;

  SimCluster(long seed, SimDisk.Sabotage sabotage, boolean fullPageWrites) {
    this.random = new Random(seed);
    this.sabotage = sabotage;
    this.platter = new SimPlatter();
    this.scheduler = new SimScheduler(random);
    this.config = config(fullPageWrites);
    this.disk = new SimDisk(platter, scheduler, random, SimDisk.Sabotage.NONE, 0);
    scheduler.await(Initdb.run(disk, config, scheduler, 4711));
    this.shared = boot(0);
  }

  private static EngineConfig config(boolean fullPageWrites) {
    return new EngineConfig(
        16,
        65536,
        SEGMENT_SIZE,
        true,
        fullPageWrites,
        2L * SEGMENT_SIZE,
        8L * SEGMENT_SIZE,
        0.5,
        10,
        4,
        2.0,
        0,
        5,
        false);
  }

  private SharedMemory boot(long crashAt) {
    disk = new SimDisk(platter, scheduler, random, sabotage, crashAt);
    return SharedMemory.create(
        config,
        new EngineEnvironment(
            disk, scheduler, scheduler, Wakeup.direct(), Emitter.NONE, this::panic),
        List.of(new SimLedger(), new HeapResourceManager(), new BTreeResourceManager()));
  }

  /// A server that panics is gone at once.
  private void panic(PgException error) {
    if (!panicExpected) {
      throw new AssertionError("PANIC: " + error.message());
    }
    panics++;
    disk.abandon();
    scheduler.schedule(
        0,
        () -> {
          throw new SimDisk.PowerFailure();
        });
  }

  /// As [#start], and its sync with this number fails.
  RecoveryReport startWithFailingSync(long sync) {
    panicExpected = true;
    shared = boot(0);
    disk.failSyncAt(sync);
    return scheduler.await(shared.recover());
  }

  int panics() {
    return panics;
  }

  long syncs() {
    return disk.syncs();
  }

  /// Starts the server on what is on the platter.
  ///
  /// @param crashAt the operation at which the power fails during it or after it; 0: never
  RecoveryReport start(long crashAt) {
    shared = boot(crashAt);
    return scheduler.await(shared.recover());
  }

  /// The power fails now.
  void losePower() {
    halt();
    platter.losePower(random);
  }

  /// The process is killed: what it wrote is with the operating system and is not lost.
  void kill() {
    halt();
  }

  private void halt() {
    disk.abandon();
    shared.abandon();
    scheduler.clear();
  }

  void shutDown() {
    scheduler.await(shared.checkpoint(CheckpointRequest.shutdown()));
    halt();
  }

  SharedMemory shared() {
    return shared;
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  Random random() {
    return random;
  }

  /// Operations of the running life so far that changed the disk.
  long operations() {
    return disk.operations();
  }
}
