package dev.lifeline.sim;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Bootstrap;
import dev.lifeline.catalog.CatalogFunctions;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.DatabaseResourceManager;
import dev.lifeline.catalog.OrphanedFiles;
import dev.lifeline.catalog.VirtualTables;
import dev.lifeline.commands.ProcessUtility;
import dev.lifeline.commands.ServerHooks;
import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.tcop.QueryEngine;
import dev.lifeline.tcop.StorageServices;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A whole server below the wire protocol, in the simulator: storage, catalogs and engine on one
/// thread, in virtual time, on a disk in memory.
public final class SqlCluster {
  private static final int POSTGRES = 5;

  private final EngineConfig config;
  private final Random random;
  private final SimScheduler scheduler;
  private final SimPlatter platter;
  private SimDisk disk;
  private SharedMemory memory;
  private Catalogs catalogs;
  private QueryEngine engine;
  private StorageServices services;
  private boolean running;
  private boolean keepsOrphans;
  private int nextPid = 100;

  public SqlCluster(long seed) {
    this(EngineConfig.defaults(), seed);
  }

  /// A new cluster of another configuration.
  SqlCluster(EngineConfig config, long seed) {
    this(config, seed, new SimPlatter());
    scheduler.await(Initdb.run(disk, config, scheduler, 4711));
    start(0);
    scheduler.await(new Bootstrap(catalogs, scheduler, "postgres", null).run());
  }

  private SqlCluster(EngineConfig config, long seed, SimPlatter platter) {
    this.config = config;
    this.random = new Random(seed);
    this.scheduler = new SimScheduler(random);
    this.platter = platter;
    boot(0);
  }

  /// A cluster that was shut down, on a disk of its own; [#start] is what is to be done next.
  SqlCluster copy(long seed) {
    return new SqlCluster(config, seed, platter.copy());
  }

  /// Everything but recovery.
  private void boot(long crashAt) {
    running = true;
    disk = new SimDisk(platter, scheduler, random, SimDisk.Sabotage.NONE, crashAt);
    memory =
        SharedMemory.create(
            config,
            new EngineEnvironment(
                disk,
                scheduler,
                scheduler,
                Wakeup.direct(),
                Emitter.NONE,
                panic -> {
                  throw new AssertionError("PANIC: " + panic.message());
                }),
            List.of(
                new HeapResourceManager(),
                new BTreeResourceManager(),
                new DatabaseResourceManager()));
    HeapAccess heap = new HeapAccess(memory);
    BTreeAccess btree = new BTreeAccess(heap);
    catalogs = new Catalogs(disk, btree, memory.locks(), new VirtualTables());
    engine = new QueryEngine(heap, btree, new ProcessUtility(new NoServer()));
    services =
        new StorageServices(
            memory, catalogs::session, catalog -> new CatalogFunctions((BackendCatalog) catalog));
  }

  /// Starts a server on what is on the disk.
  ///
  /// @param crashAt the operation that changes the disk at which the power fails; 0: never
  void start(long crashAt) {
    halt();
    boot(crashAt);
    if (!keepsOrphans) {
      memory.afterRedo(() -> new OrphanedFiles(memory, disk).remove());
    }
    scheduler.await(memory.recover(new Subject("startup", 1)));
  }

  /// A defect to be found: recovery leaves what no catalog names.
  void keepOrphans() {
    keepsOrphans = true;
  }

  /// The power fails now, if it has not failed already.
  void losePower() {
    halt();
    platter.losePower(random);
  }

  void shutDown() {
    scheduler.await(memory.checkpoint(CheckpointRequest.shutdown()));
    halt();
  }

  private void halt() {
    if (running) {
      running = false;
      disk.abandon();
      memory.abandon();
      scheduler.clear();
    }
  }

  /// Operations that changed the disk in this life.
  long operations() {
    return disk.operations();
  }

  void checkpoint() {
    scheduler.await(memory.checkpoint(CheckpointRequest.requested()));
  }

  /// What is wrong with the files.
  List<String> findings() {
    ClusterCheck check = new ClusterCheck(catalogs, disk, new GucSession(ServerConfig::defaults));
    return scheduler.await(check.run()).findings();
  }

  public SqlSession open() {
    return open(POSTGRES);
  }

  SqlSession open(int databaseOid) {
    return new SqlSession(this, nextPid++, databaseOid);
  }

  public SharedMemory memory() {
    return memory;
  }

  SimDisk disk() {
    return disk;
  }

  /// Its virtual time.
  public Timers timers() {
    return scheduler;
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  QueryEngine engine() {
    return engine;
  }

  StorageServices services() {
    return services;
  }

  /// Runs until the future has completed.
  public <T> T await(Future<T> future) {
    return scheduler.await(future);
  }

  /// Runs until there is nothing left to do but what waits for another session.
  public void settle() {
    long until = scheduler.nanoTime() + 100_000_000;
    boolean[] due = {false};
    scheduler.schedule(100_000_000, () -> due[0] = true);
    scheduler.runUntil(() -> due[0] || scheduler.nanoTime() > until);
  }

  /// There is no server around: nobody else to ask.
  private static final class NoServer implements ServerHooks {
    @Override
    public int otherBackends(int databaseOid, int exceptPid) {
      return 0;
    }

    @Override
    public void terminateBackends(int databaseOid, int exceptPid) {}

    @Override
    public Future<Void> checkpoint() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> alterSystem(String name, @Nullable String value) {
      return Future.succeededFuture();
    }
  }
}
