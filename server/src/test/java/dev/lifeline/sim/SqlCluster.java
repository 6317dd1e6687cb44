package dev.lifeline.sim;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.catalog.Bootstrap;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.DatabaseResourceManager;
import dev.lifeline.catalog.VirtualTables;
import dev.lifeline.commands.ProcessUtility;
import dev.lifeline.commands.ServerHooks;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.tcop.QueryEngine;
import dev.lifeline.tcop.StorageServices;
import io.vertx.core.Future;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A whole server below the wire protocol, in the simulator: storage, catalogs and engine on one
/// thread, in virtual time, on a disk in memory.
public final class SqlCluster {
  private static final int POSTGRES = 5;

  private final SimScheduler scheduler;
  private final QueryEngine engine;
  private final StorageServices services;
  private int nextPid = 100;

  public SqlCluster(long seed) {
    Random random = new Random(seed);
    this.scheduler = new SimScheduler(random);
    EngineConfig config = EngineConfig.defaults();
    SimDisk disk = new SimDisk(new SimPlatter(), scheduler, random, SimDisk.Sabotage.NONE, 0);
    scheduler.await(Initdb.run(disk, config, scheduler, 4711));
    SharedMemory memory =
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
    scheduler.await(memory.recover(new Subject("startup", 1)));
    HeapAccess heap = new HeapAccess(memory);
    BTreeAccess btree = new BTreeAccess(heap);
    Catalogs catalogs = new Catalogs(disk, btree, memory.locks(), new VirtualTables());
    scheduler.await(new Bootstrap(catalogs, scheduler, "postgres", null).run());
    this.engine = new QueryEngine(heap, btree, new ProcessUtility(new NoServer()));
    this.services = new StorageServices(memory, catalogs::session, SqlNames::new);
  }

  public SqlSession open() {
    return new SqlSession(this, nextPid++, POSTGRES);
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
