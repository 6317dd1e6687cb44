package dev.lifeline.sim;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.main.SimulatedServer;
import dev.lifeline.postmaster.PostmasterEnvironment;
import dev.lifeline.postmaster.SimulatedPostmaster;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The server in the simulator: a platter and an event log that stay, and one life after the other
/// on them.
final class SimServer {
  private static final int SEGMENT_SIZE = 1 << 16;
  private static final long SYSTEM_IDENTIFIER = 4711;
  private static final int FIRST_OS_PID = 1000;

  /// The next transaction of an aged cluster: a few more, and the commit log needs a second file.
  private static final long AGED_XID = (1L << 20) - 100;

  private final SimPlatter platter;

  /// `initdb` does not archive what it has written, nor does PostgreSQL's.
  private final long firstSegment;

  private final Random random;
  private final SimScheduler scheduler;
  private final EngineConfig engine;
  private final ServerConfig config;
  private final Sabotage sabotage;
  private final Trace trace;
  private final SimEventLog events;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<String> panics = new ArrayList<>();
  private final SimArchive archive;
  private Dialer dialer = Dialer.NONE;
  private int lives;
  private @Nullable SimulatedPostmaster postmaster;
  private @Nullable FaultyDisk disk;
  private @Nullable SimulatedServer assembled;

  /// @param platter an initialized one
  SimServer(
      SimPlatter platter,
      Random random,
      SimScheduler scheduler,
      EngineConfig engine,
      ServerConfig config,
      Sabotage sabotage,
      Trace trace) {
    this.platter = platter;
    this.firstSegment = SimArchive.firstSegment(platter);
    this.random = random;
    this.scheduler = scheduler;
    this.engine = engine;
    this.config = config;
    this.sabotage = sabotage;
    this.trace = trace;
    this.archive = new SimArchive(scheduler, random, trace);
    this.events = new SimEventLog(scheduler, random, SYSTEM_IDENTIFIER, sabotage::journal, trace);
  }

  /// A size of everything that is small, and a little different for each seed.
  static EngineConfig engine(Random random, boolean fullPageWrites, boolean archives) {
    return engine(random, 40 + random.nextInt(100), fullPageWrites, archives);
  }

  /// The same with so many buffers.
  static EngineConfig engine(Random random, int buffers, boolean fullPageWrites, boolean archives) {
    return new EngineConfig(
        buffers,
        65536 << random.nextInt(2),
        SEGMENT_SIZE,
        true,
        fullPageWrites,
        2L * SEGMENT_SIZE,
        (4L + random.nextInt(20)) * SEGMENT_SIZE,
        0.5,
        2_000 + random.nextInt(20_000),
        10 + random.nextInt(90),
        2.0,
        random.nextInt(3) == 0 ? 200 : 0,
        3,
        archives);
  }

  /// A cluster as `initdb` makes it.
  static SimPlatter initialize() {
    Random random = new Random(1);
    SimScheduler scheduler = new SimScheduler(random);
    SimPlatter platter = new SimPlatter();
    FaultyDisk disk =
        new FaultyDisk(platter, scheduler, random, Faults.NONE, new Trace(scheduler, null));
    scheduler.await(maker(scheduler, random).initialize(disk::open, SYSTEM_IDENTIFIER));
    platter.settle();
    return platter;
  }

  /// What makes clusters.
  static SimulatedServer maker(SimScheduler scheduler, Random random) {
    return new SimulatedServer(
        scheduler,
        scheduler,
        new SimWakeup(scheduler, random),
        engine(random, true, false),
        room -> room,
        Invalidations.AT_ONCE);
  }

  /// The same cluster after a million transactions: the next ones begin a new file of the commit
  /// log.
  static SimPlatter aged(SimPlatter young) {
    Random random = new Random(2);
    SimScheduler scheduler = new SimScheduler(random);
    SimPlatter platter = young.copy();
    FaultyDisk disk =
        new FaultyDisk(platter, scheduler, random, Faults.NONE, new Trace(scheduler, null));
    scheduler.await(maker(scheduler, random).age(disk.open(), AGED_XID));
    platter.settle();
    return platter;
  }

  /// How it reaches other servers, from its next life on.
  void network(Dialer network) {
    dialer = network;
  }

  /// Begins a life; it is not ready yet.
  void start(Faults faults) {
    lives++;
    events.open();
    int osPid = FIRST_OS_PID * lives;
    sabotage.beforeStart(platter, SEGMENT_SIZE);
    FaultyDisk opened = new FaultyDisk(platter, scheduler, random, faults, trace);
    disk = opened;
    SimulatedServer server = assembled();
    assembled = server;
    PostmasterEnvironment environment =
        server.environment(
            osPid,
            sabotage.emitter(events),
            new Log(),
            config,
            () -> sabotage.disk(opened.open()),
            command -> archive.run(command, opened.open()),
            dialer,
            random);
    List<Subject> lost =
        events.state().processes().values().stream()
            .map(process -> new Subject(process.backendType(), process.pid()))
            .toList();
    trace.tell(() -> "---- life " + lives + " " + faults);
    SimulatedPostmaster started =
        new SimulatedPostmaster(environment, random, lost, events.state().sequence());
    postmaster = started;
    started.start();
  }

  private SimulatedServer assembled() {
    return new SimulatedServer(
        scheduler,
        scheduler,
        sabotage.wakeup(new SimWakeup(scheduler, random)),
        engine,
        sabotage::room,
        sabotage.invalidations());
  }

  /// `checkdb`, while no server runs: what is wrong.
  Future<List<String>> check() {
    return assembled().check(new FaultyDisk(platter, scheduler, random, Faults.NONE, trace).open());
  }

  /// What is wrong with the archive, and with what follows it in `pg_wal`; null: nothing.
  @Nullable String archiveFault() {
    return archive.fault(platter, SEGMENT_SIZE, firstSegment);
  }

  /// Whoever answers connections now; null while no life is.
  @Nullable SimulatedPostmaster listening() {
    return postmaster;
  }

  /// The number of the life that is, or was last.
  int life() {
    return lives;
  }

  SimulatedPostmaster postmaster() {
    SimulatedPostmaster running = postmaster;
    if (running == null) {
      throw new IllegalStateException("no life has begun");
    }
    return running;
  }

  /// A client that connects to whatever life there is.
  SimClient client(String name) {
    SimClient client =
        new SimClient(
            name,
            scheduler,
            random,
            pipe -> postmaster().connected(pipe),
            sabotage::understood,
            trace);
    clients.add(client);
    return client;
  }

  /// The life is over: by a loss of power, by a kill, or because the server has ended.
  void end(boolean died, boolean powerLost) {
    trace.tell(() -> "---- the life ends" + (powerLost ? ": no power" : ""));
    scheduler.clear();
    if (powerLost) {
      platter.losePower(random);
    }
    events.end(died, powerLost);
    List<SimClient> orphans = List.copyOf(clients);
    clients.clear();
    orphans.forEach(SimClient::lifeEnded);
    scheduler.clear();
    SimulatedServer server = assembled;
    if (server != null) {
      server.freeMemory();
    }
    postmaster = null;
  }

  /// The run is over.
  void delete() {
    events.delete();
  }

  SimEventLog events() {
    return events;
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  SimPlatter platter() {
    return platter;
  }

  Random random() {
    return random;
  }

  /// Operations of this life that changed the disk.
  long changes() {
    FaultyDisk running = disk;
    return running == null ? 0 : running.changes();
  }

  /// What was told at level PANIC.
  List<String> panics() {
    return panics;
  }

  /// The server log.
  private final class Log implements ServerLog {
    @Override
    public void report(LogProcess process, PgException message, @Nullable String statement) {
      String line = message.severity() + ":  " + message.message();
      trace.tell(() -> "log " + process.pid() + " " + process.backendType() + " " + line);
      if (message.severity() == dev.lifeline.utils.error.Severity.PANIC) {
        panics.add(message.message());
      }
    }
  }
}
