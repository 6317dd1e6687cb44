package dev.lifeline.main;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.catalog.Bootstrap;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.DatabaseResourceManager;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.catalog.OrphanedFiles;
import dev.lifeline.catalog.VirtualTables;
import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.postmaster.CurrentLoopTimers;
import dev.lifeline.postmaster.Generation;
import dev.lifeline.postmaster.PostmasterEnvironment;
import dev.lifeline.postmaster.ServerControl;
import dev.lifeline.postmaster.VertxWakeup;
import dev.lifeline.replication.Replication;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Puts the rooms together: shared memory with its resource managers, the catalogs upon it, the
/// engine upon both.
final class Assembly implements PostmasterEnvironment.GenerationFactory {
  private static final long MB = 1 << 20;

  private final Ground ground;
  private final Emitter emitter;
  private final Function<ServerConfig, EngineConfig> engine;
  private final SessionSetting setting;

  /// What everything runs on.
  ///
  /// @param timers those of whatever event loop they are used on
  /// @param rooms those whose WAL records are to be repeated
  /// @param invalidations how sessions learn of changes to the catalogs
  record Ground(
      Clock clock,
      Timers timers,
      Wakeup wakeup,
      List<ResourceManager> rooms,
      Invalidations invalidations) {
    static Ground of(Vertx vertx) {
      return new Ground(
          new SystemClock(),
          new CurrentLoopTimers(vertx),
          new VertxWakeup(vertx),
          resourceManagers(),
          Invalidations.AT_ONCE);
    }
  }

  /// The rooms above the transaction system that log what they do.
  static List<ResourceManager> resourceManagers() {
    return List.of(
        new HeapResourceManager(), new BTreeResourceManager(), new DatabaseResourceManager());
  }

  /// @param engine what the storage needs of the configuration
  /// @param setting what sessions find beside shared memory
  Assembly(
      Ground ground,
      Emitter emitter,
      Function<ServerConfig, EngineConfig> engine,
      SessionSetting setting) {
    this.ground = ground;
    this.emitter = emitter;
    this.engine = engine;
    this.setting = setting;
  }

  @Override
  public Generation create(
      ServerConfig config,
      Supplier<ServerConfig> current,
      Disk disk,
      ServerControl control,
      Consumer<PgException> panic) {
    CausedEmitter caused = new CausedEmitter(emitter);
    SharedMemory memory = sharedMemory(ground, caused, engine.apply(config), disk, panic);
    Replication replication =
        new Replication(
            disk,
            Math.toIntExact(config.get(Gucs.MAX_REPLICATION_SLOTS)),
            () -> current.get().get(Gucs.MAX_SLOT_WAL_KEEP_SIZE) * MB,
            () -> current.get().get(Gucs.MAX_WAL_SIZE) * MB,
            message -> setting.log().report(LogProcess.of(0, "checkpointer"), message, null));
    memory.setReplication(replication);
    return new RunningGeneration(
        memory,
        caused,
        disk,
        setting,
        current,
        control,
        ground.timers(),
        replication,
        ground.invalidations());
  }

  /// The catalogs of a new cluster, on the files that [dev.lifeline.access.Initdb] made. Shuts the
  /// cluster down again, and makes it one that may be started.
  static Future<Void> bootstrap(
      Ground ground, EngineConfig config, Disk disk, String superuser, @Nullable String verifier) {
    SharedMemory memory = sharedMemory(ground, Emitter.NONE, config, disk, error -> {});
    return memory
        .recover(new Subject("startup", 0))
        .compose(done -> {
          BTreeAccess btree = new BTreeAccess(new HeapAccess(memory));
          Catalogs catalogs = new Catalogs(disk, btree, memory.locks(), new VirtualTables());
          return new Bootstrap(catalogs, ground.timers(), superuser, verifier).run();
        })
        .compose(done -> memory.checkpoint(CheckpointRequest.shutdown()))
        .compose(done -> Initdb.complete(disk))
        .eventually(memory::abandon)
        .mapEmpty();
  }

  /// Checks the cluster on a disk, after the recovery that it may need.
  static Future<ClusterCheck.Report> check(Ground ground, EngineConfig config, Disk disk) {
    SharedMemory memory = sharedMemory(ground, Emitter.NONE, config, disk, error -> {});
    return memory
        .recover(new Subject("startup", 0))
        .compose(done -> {
          BTreeAccess btree = new BTreeAccess(new HeapAccess(memory));
          Catalogs catalogs = new Catalogs(disk, btree, memory.locks(), new VirtualTables());
          return new ClusterCheck(catalogs, disk, new GucSession(ServerConfig::defaults)).run();
        })
        .eventually(memory::abandon);
  }

  static SharedMemory sharedMemory(
      Ground ground, Emitter emitter, EngineConfig config, Disk disk, Consumer<PgException> panic) {
    SharedMemory memory =
        SharedMemory.create(
            config,
            new EngineEnvironment(
                disk, ground.clock(), ground.timers(), ground.wakeup(), emitter, panic),
            ground.rooms());
    memory.afterRedo(() -> new OrphanedFiles(memory, disk).remove());
    return memory;
  }
}
