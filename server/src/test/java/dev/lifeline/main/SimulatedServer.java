package dev.lifeline.main;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.SimulatedMemory;
import dev.lifeline.access.transam.XidJump;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.IdentFile;
import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.postmaster.Generation;
import dev.lifeline.postmaster.PostmasterEnvironment;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.LoggedEvents;
import dev.lifeline.utils.activity.ServerFiles;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// Puts the rooms of a server together as the command line does, on the simulator's ground.
public final class SimulatedServer {
  private static final HbaFile TRUST =
      HbaFile.read(Path.of("pg_hba.conf"), false, path -> "local all all trust");

  private final Assembly.Ground ground;
  private final EngineConfig engine;
  private final List<SharedMemory> memories = new ArrayList<>();

  /// @param room makes something else of the rooms whose WAL records are repeated
  /// @param invalidations how sessions learn of changes to the catalogs
  public SimulatedServer(
      Clock clock,
      Timers timers,
      Wakeup wakeup,
      EngineConfig engine,
      UnaryOperator<ResourceManager> room,
      Invalidations invalidations) {
    this.ground =
        new Assembly.Ground(
            clock,
            timers,
            wakeup,
            Assembly.resourceManagers().stream().map(room).toList(),
            invalidations);
    this.engine = engine;
  }

  /// `initdb`.
  public Future<Void> initialize(Supplier<Disk> disk, long systemIdentifier) {
    Disk files = disk.get();
    return Initdb.run(files, engine, ground.clock(), systemIdentifier)
        .compose(done -> files.abandon())
        .compose(done -> Assembly.bootstrap(ground, engine, disk.get(), "postgres", null));
  }

  /// Lets xids pass on a cluster that was shut down, as if transactions had been rolled back, until
  /// this one is the next.
  public Future<Void> age(Disk disk, long nextXid) {
    SharedMemory memory = Assembly.sharedMemory(ground, Emitter.NONE, engine, disk, error -> {});
    return memory
        .recover(new Subject("startup", 0))
        .compose(done -> {
          XidJump.ahead(memory.transactions(), nextXid - memory.transactions().nextXid());
          return memory.checkpoint(CheckpointRequest.shutdown());
        })
        .eventually(memory::abandon)
        .mapEmpty();
  }

  /// `checkdb`: what is wrong with the cluster on a disk.
  public Future<List<String>> check(Disk disk) {
    return Assembly.check(ground, engine, disk).map(ClusterCheck.Report::findings);
  }

  /// What the postmaster finds.
  ///
  /// @param shell runs a command and tells its exit code
  /// @param dialer connects to other servers
  public PostmasterEnvironment environment(
      int osPid,
      Emitter emitter,
      ServerLog log,
      ServerConfig config,
      Supplier<Disk> disk,
      Function<String, Future<Integer>> shell,
      Dialer dialer,
      RandomGenerator random) {
    SessionSetting setting =
        new SessionSetting(
            new Subject("postmaster", osPid),
            ground.clock(),
            emitter,
            log,
            () -> new ClientAccess(TRUST, IdentFile.EMPTY, null),
            List::of,
            random,
            "simulated",
            LoggedEvents.NONE,
            ClientMemory.ofHeap(),
            (name, value) -> Future.succeededFuture(),
            dialer);
    return new PostmasterEnvironment(
        Version.number(),
        osPid,
        "/simulated",
        ground.clock(),
        ground.timers(),
        emitter,
        log,
        config,
        current ->
            Future.succeededFuture(
                new PostmasterEnvironment.Reloaded(
                    new ServerConfig.Loaded(current, List.of(), List.of(), List.of()), List.of())),
        disk,
        remembered(new Assembly(ground, emitter, ignored -> engine, setting)),
        shell,
        ServerFiles.NONE);
  }

  private PostmasterEnvironment.GenerationFactory remembered(Assembly assembly) {
    return (config, current, disk, control, panic) -> {
      Generation made = assembly.create(config, current, disk, control, panic);
      memories.add(made.sharedMemory());
      return made;
    };
  }

  /// The server is dead, and nothing of it runs any more.
  public void freeMemory() {
    memories.forEach(SimulatedMemory::free);
    memories.clear();
  }
}
