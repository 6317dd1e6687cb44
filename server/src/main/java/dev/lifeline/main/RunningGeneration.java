package dev.lifeline.main;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogFunctions;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.EventsTable;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.catalog.VirtualTables;
import dev.lifeline.commands.ProcessUtility;
import dev.lifeline.commands.ServerHooks;
import dev.lifeline.commands.SubscriptionHooks;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.RuleDefinitions;
import dev.lifeline.postmaster.Autovacuum;
import dev.lifeline.postmaster.Generation;
import dev.lifeline.postmaster.LogicalReplication;
import dev.lifeline.postmaster.ServerControl;
import dev.lifeline.replication.Replication;
import dev.lifeline.replication.ReplicationViews;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.CatalogAuth;
import dev.lifeline.tcop.PostmasterHooks;
import dev.lifeline.tcop.QueryEngine;
import dev.lifeline.tcop.SessionServices;
import dev.lifeline.tcop.SqlEngine;
import dev.lifeline.tcop.StorageServices;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One generation of shared memory with the catalogs and the engine upon it. These can be made only
/// when the startup process is done; before that, connections are refused and need none of it.
final class RunningGeneration implements Generation {
  private final SharedMemory memory;
  private final CausedEmitter emitter;
  private final Disk disk;
  private final SessionSetting setting;
  private final Supplier<ServerConfig> config;
  private final ServerControl control;

  private final Replication replication;
  private final Invalidations invalidations;
  private final Timers loopTimers;
  private final Map<Thread, CatalogAuth> authByLoop = new ConcurrentHashMap<>();

  /// Written once by the postmaster, read by all event loops.
  private volatile @Nullable Rooms rooms;

  /// What stands upon recovered shared memory.
  private record Rooms(Catalogs catalogs, SqlEngine engine, SessionServices.Factory services) {}

  /// @param loopTimers those of whatever event loop they are used on
  RunningGeneration(
      SharedMemory memory,
      CausedEmitter emitter,
      Disk disk,
      SessionSetting setting,
      Supplier<ServerConfig> config,
      ServerControl control,
      Timers loopTimers,
      Replication replication,
      Invalidations invalidations) {
    this.replication = replication;
    this.invalidations = invalidations;
    this.loopTimers = loopTimers;
    this.memory = memory;
    this.emitter = emitter;
    this.disk = disk;
    this.setting = setting;
    this.config = config;
    this.control = control;
  }

  @Override
  public SharedMemory sharedMemory() {
    return memory;
  }

  @Override
  public void startupForked(long sequence) {
    emitter.startupForked(sequence);
  }

  @Override
  public void checkpointerTold(long sequence) {
    emitter.checkpointerTold(sequence);
  }

  @Override
  public void recovered() {
    memory.wal().setLogical(config.get().get(Gucs.WAL_LEVEL).equals("logical"));
    HeapAccess heap = new HeapAccess(memory);
    BTreeAccess btree = new BTreeAccess(heap);
    replication.attach(memory);
    VirtualTables virtuals = new VirtualTables(control);
    ReplicationViews.register(virtuals, replication, control);
    EventsTable.register(virtuals, setting.events());
    Catalogs catalogs = new Catalogs(disk, btree, memory.locks(), virtuals, invalidations);
    catalogs.definitions(new RuleDefinitions());
    rooms =
        new Rooms(
            catalogs,
            new QueryEngine(heap, btree, new ProcessUtility(new Hooks())),
            new StorageServices(
                memory,
                catalogs::session,
                catalog -> new CatalogFunctions((BackendCatalog) catalog),
                replication));
  }

  private Rooms rooms() {
    Rooms made = rooms;
    if (made == null) {
      throw new IllegalStateException("the startup process has not ended yet");
    }
    return made;
  }

  @Override
  public BackendEnvironment environment(Timers timers, PostmasterHooks postmaster) {
    Rooms made = rooms;
    return new BackendEnvironment(
        setting.clock(),
        timers,
        setting.emitter(),
        setting.log(),
        postmaster,
        config,
        setting.access(),
        setting.localNetworks(),
        made == null ? Refused.INSTANCE : auth(made),
        setting.random(),
        setting.mockNonce(),
        setting.clientMemory(),
        made == null ? Refused.INSTANCE : made.services,
        made == null ? Refused.INSTANCE : made.engine);
  }

  /// The reader of roles and databases of the calling event loop.
  private CatalogAuth auth(Rooms made) {
    return authByLoop.computeIfAbsent(
        Thread.currentThread(),
        loop ->
            new CatalogAuth(
                memory,
                made.catalogs::session,
                setting.postmaster(),
                loopTimers,
                new GucSession(config)));
  }

  @Override
  public Autovacuum autovacuum(Subject process, Timers timers, PostmasterHooks postmaster) {
    return new VacuumByNeed(
        rooms().catalogs, process, config, timers, () -> environment(timers, postmaster));
  }

  @Override
  public LogicalWorkers logicalWorkers() {
    return replication.workers();
  }

  @Override
  public LogicalReplication logicalReplication(
      Subject process, Timers timers, PostmasterHooks postmaster) {
    return new SubscriptionWorkers(
        rooms().catalogs,
        replication,
        process,
        setting,
        config,
        timers,
        () -> environment(timers, postmaster));
  }

  /// What commands ask of the server.
  private final class Hooks implements ServerHooks {
    private final SubscriptionHooks subscriptions =
        new SubscriptionServer(replication, setting.dialer(), setting.random());

    @Override
    public SubscriptionHooks subscriptions() {
      return subscriptions;
    }

    @Override
    public int otherBackends(int databaseOid, int exceptPid) {
      return control.sessionsIn(databaseOid, exceptPid);
    }

    @Override
    public void terminateBackends(int databaseOid, int exceptPid) {
      control.terminateSessionsIn(databaseOid, exceptPid);
    }

    @Override
    public int activeSlots(int databaseOid) {
      return replication.slots().active(databaseOid);
    }

    @Override
    public Future<Void> dropSlots(int databaseOid) {
      return replication.slots().dropAll(databaseOid);
    }

    @Override
    public Future<Void> checkpoint() {
      return memory.checkpoint(CheckpointRequest.requested()).mapEmpty();
    }

    @Override
    public Future<Void> alterSystem(String name, @Nullable String value) {
      return setting.alterSystem().write(name, value);
    }
  }
}
