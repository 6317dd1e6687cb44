package dev.lifeline.sim;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.tcop.BackendSignal;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One seed: a server, workloads upon it, and several lives, each with its faults and its end. What
/// the server promised is checked at the start of each life and when its clients are done.
final class SimRun {
  private static final long LIFE_NANOS_MAX = 900_000_000_000L;

  private static final int RELAPSES_MAX = 5;

  private static @Nullable SimPlatter initialized;
  private static @Nullable SimPlatter aged;

  private final Random random;
  private final SimScheduler scheduler;
  private final SimServer server;
  private final Trace trace;
  private final List<Workload> workloads = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<String> tables = new ArrayList<>();
  private final boolean archives;
  private final SimChecks checks;
  private Faults faults = Faults.NONE;
  private boolean alive;
  private boolean working;
  private int checksMade;

  private SimRun(long seed, Sabotage sabotage, @Nullable Consumer<String> lines) {
    // Random's own scrambling gives neighbouring seeds the same first draws: they would all
    // archive,
    // or none of them.
    random = new Random(new SplittableRandom(seed).nextLong());
    scheduler = new SimScheduler(random);
    trace = new Trace(scheduler, lines);
    archives = random.nextInt(4) == 0;
    server =
        new SimServer(
            template(random.nextInt(4) == 0).copy(),
            random,
            scheduler,
            SimServer.engine(random, sabotage.fullPageWrites(), archives),
            config(sabotage),
            sabotage,
            trace);
    checks = new SimChecks(server);
    choose();
  }

  /// Runs a seed; throws what it finds.
  ///
  /// @param trace gets what happens, line by line; null where nobody reads it
  static void of(long seed, Sabotage sabotage, @Nullable Consumer<String> trace) {
    SimRun made = new SimRun(seed, sabotage, trace);
    try {
      made.run();
    } finally {
      made.server.delete();
    }
  }

  /// Every run begins with a copy of the same new cluster, or of one that has seen a million
  /// transactions.
  private static synchronized SimPlatter template(boolean old) {
    SimPlatter made = initialized;
    if (made == null) {
      made = SimServer.initialize();
      initialized = made;
    }
    if (!old) {
      return made;
    }
    SimPlatter madeOld = aged;
    if (madeOld == null) {
      madeOld = SimServer.aged(made);
      aged = madeOld;
    }
    return madeOld;
  }

  private ServerConfig config(Sabotage sabotage) {
    List<ServerConfig.Option> options = new ArrayList<>();
    boolean autovacuum = random.nextInt(3) != 0;
    options.add(new ServerConfig.Option("autovacuum", autovacuum ? "on" : "off"));
    options.add(new ServerConfig.Option("autovacuum_naptime", "1s"));
    options.add(new ServerConfig.Option("autovacuum_vacuum_threshold", "20"));
    options.add(new ServerConfig.Option("autovacuum_analyze_threshold", "20"));
    options.add(new ServerConfig.Option("deadlock_timeout", random.nextBoolean() ? "20ms" : "1s"));
    if (archives) {
      options.add(new ServerConfig.Option("archive_mode", "on"));
      options.add(new ServerConfig.Option("archive_command", SimArchive.COMMAND));
    }
    options.addAll(sabotage.options());
    return ServerConfig.load(List.of(), options).config();
  }

  private void choose() {
    List<Workload> all =
        List.of(
            new TransferWorkload(this),
            new AppendWorkload(this),
            new UniqueWorkload(this),
            new CopyWorkload(this),
            new DdlWorkload(this));
    int must = random.nextInt(all.size());
    for (int i = 0; i < all.size(); i++) {
      if (i == must || random.nextInt(3) == 0) {
        workloads.add(all.get(i));
      }
    }
    if (random.nextInt(3) != 0) {
      workloads.add(new MaintenanceWorkload(this));
    }
  }

  SimServer server() {
    return server;
  }

  Random random() {
    return random;
  }

  /// Whether statements may fail because the disk does.
  boolean faulty() {
    return faults.ofTheDisk();
  }

  /// Whether the life goes on.
  boolean alive() {
    return alive;
  }

  /// The tables of all workloads.
  List<String> tables() {
    return tables;
  }

  private void run() {
    begin(Faults.NONE);
    createSchema();
    workloads.forEach(workload -> workers.addAll(workload.workers()));
    liveOn(10 + random.nextInt(15));
    int lives = random.nextInt(4);
    for (int life = 0; life < lives; life++) {
      live(chooseFaults(), 4 + random.nextInt(12));
      if (random.nextInt(4) == 0) {
        relapse();
      }
    }
    live(Faults.NONE, 3);
    begin(Faults.NONE);
    verify();
    List<String> content = content();
    shutDown();
    if (archives) {
      String fault = server.archiveFault();
      Worker.check(fault == null, "%s", fault);
    }
    List<String> findings = await(server.check(), "checkdb");
    Worker.check(findings.isEmpty(), "checkdb: %s", findings);
    if (random.nextInt(4) == 0) {
      rot(content);
    }
  }

  /// Dies in recovery, or soon after it, again and again.
  private void relapse() {
    int times = 1 + random.nextInt(RELAPSES_MAX);
    for (int i = 0; i < times; i++) {
      live(Faults.deathAt(1L + random.nextInt(40), random.nextBoolean()), 2);
    }
  }

  /// What is in the tables, as a client reads it.
  private List<String> content() {
    SimClient client = server.client("reader");
    await(client.connect(), "connect");
    List<String> content = new ArrayList<>();
    for (String table : tables) {
      content.add(await(client.query("select * from " + table), table).rows().toString());
    }
    client.close();
    return content;
  }

  /// A bit on the disk turns: whoever comes upon it says so, and nobody gets wrong data.
  private void rot(List<String> content) {
    List<String> files =
        server.platter().files().stream().filter(path -> server.platter().size(path) > 0).toList();
    String file = files.get(random.nextInt(files.size()));
    int bit = random.nextInt(8 * server.platter().size(file));
    trace.tell(() -> "bit " + bit + " of " + file + " turns");
    server.platter().rot(file, bit);
    alive = true;
    server.start(Faults.NONE);
    Future<Void> ready = server.postmaster().ready();
    until(() -> ready.isComplete() || exited(), "the server does not become ready");
    if (!exited()) {
      SimClient client = server.client("rot");
      client.tolerateCorruption();
      Future<Answer> connected = client.connect();
      until(connected::isComplete, "connect hangs");
      for (int i = 0; i < tables.size() && client.connected(); i++) {
        Future<Answer> read = client.query("select * from " + tables.get(i));
        until(read::isComplete, "a read of a rotten file hangs");
        Worker.check(
            read.failed()
                || read.result().failed()
                || read.result().rows().toString().equals(content.get(i)),
            "a turned bit in %s gives %s",
            file,
            read.result());
      }
    }
    leave(true, false);
    if (file.startsWith("base/5/") && Character.isDigit(file.charAt("base/5/".length()))) {
      Future<List<String>> findings = server.check();
      until(findings::isComplete, "checkdb hangs");
      Worker.check(
          findings.failed() || !findings.result().isEmpty(),
          "checkdb does not find the bit that turned in %s",
          file);
    }
  }

  private Faults chooseFaults() {
    long at = 1L + random.nextInt(random.nextInt(3) == 0 ? 60 : 600);
    int latency = random.nextInt(3) == 0 ? 5_000_000 : 100_000;
    boolean slow = random.nextInt(10) == 0;
    long[] which = new long[9];
    int end = random.nextInt(10);
    which[end < 5 ? 0 : end < 8 ? 1 : 8] = at;
    if (random.nextInt(4) == 0) {
      int fault = random.nextInt(5);
      which[2 + fault] = 1L + random.nextInt(fault == 2 ? 60 : 300);
    }
    boolean atSync = random.nextBoolean();
    return new Faults(
        atSync ? 0 : which[0],
        atSync && which[0] > 0 ? 1 + which[0] / 8 : 0,
        which[1],
        which[2],
        which[3],
        which[4],
        which[5],
        1 + random.nextInt(100),
        which[6],
        slow,
        latency);
  }

  /// A life from its start to its end.
  private void live(Faults chosen, int steps) {
    try {
      begin(chosen);
      if (!alive) {
        return;
      }
      if (!faulty()) {
        verify();
      }
      liveOn(steps);
    } catch (FaultyDisk.LifeEnds end) {
      dies(end.powerLost());
    }
  }

  /// Starts the server. Where the disk fails it may end again.
  private void begin(Faults chosen) {
    faults = chosen;
    alive = true;
    server.start(chosen);
    Future<Void> ready = server.postmaster().ready();
    until(() -> ready.isComplete() || exited(), "the server does not become ready");
    if (exited()) {
      if (!faulty()) {
        throw new AssertionError("the server does not start");
      }
      leave(true, random.nextBoolean());
    }
  }

  /// The clients work, until they are done or the life ends.
  private void liveOn(int steps) {
    try {
      workers.forEach(worker -> worker.begin(1 + random.nextInt(steps)));
      working = true;
      disturb();
      until(() -> workers.stream().allMatch(Worker::idle) || exited(), "somebody hangs");
      working = false;
      if (exited()) {
        if (!faulty()) {
          throw new AssertionError("the server has ended by itself");
        }
        leave(true, random.nextBoolean());
        return;
      }
      if (!faulty()) {
        verify();
      }
      leaveAsPlanned();
    } catch (FaultyDisk.LifeEnds end) {
      dies(end.powerLost());
    }
  }

  private void leaveAsPlanned() {
    switch (random.nextInt(4)) {
      case 0 -> leave(true, true);
      case 1 -> leave(true, false);
      case 2 -> {
        server.postmaster().shutdown(ShutdownMode.IMMEDIATE);
        until(this::exited, "an immediate shutdown hangs");
        leave(false, random.nextBoolean());
      }
      default -> shutDown();
    }
  }

  private void shutDown() {
    server.postmaster().shutdown(ShutdownMode.FAST);
    until(this::exited, "a shutdown hangs");
    if (!faulty()) {
      checks.afterExit(server.postmaster().exited().result());
    }
    leave(false, false);
  }

  private void dies(boolean powerLost) {
    leave(true, powerLost);
  }

  private void leave(boolean died, boolean powerLost) {
    working = false;
    alive = false;
    checks.lifeEnded();
    server.end(died, powerLost);
  }

  private boolean exited() {
    return server.postmaster().exited().isComplete();
  }

  private void until(BooleanSupplier condition, String otherwise) {
    long limit = scheduler.nanoTime() + LIFE_NANOS_MAX;
    scheduler.runUntil(() -> condition.getAsBoolean() || scheduler.nanoTime() > limit);
    if (!condition.getAsBoolean()) {
      throw new AssertionError(otherwise);
    }
  }

  private <T> T await(Future<T> future, String what) {
    until(future::isComplete, what + " hangs");
    if (future.failed()) {
      if (future.cause() instanceof Error e) {
        throw e;
      }
      throw new AssertionError(what + " failed: " + future.cause(), future.cause());
    }
    return future.result();
  }

  private void createSchema() {
    SimClient client = server.client("schema");
    await(client.connect(), "connect");
    for (Workload workload : workloads) {
      for (String statement : workload.schema()) {
        Answer answer = await(client.query(statement), statement);
        Worker.check(!answer.failed(), "%s: %s", statement, answer);
        if (statement.startsWith("create table")) {
          tables.add(statement.split(" ", -1)[2]);
        }
      }
    }
    if (tables.isEmpty()) {
      throw new AssertionError("no workload has a table");
    }
    client.close();
  }

  /// Processes die, statements are cancelled, sessions terminated, in the middle of anything.
  private void disturb() {
    int crashes = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
    for (int i = 0; i < crashes; i++) {
      sometime(this::crashSomebody);
    }
    int signals = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 0;
    for (int i = 0; i < signals; i++) {
      sometime(this::signalSomebody);
    }
  }

  private void sometime(Runnable action) {
    scheduler.schedule(
        random.nextLong(random.nextBoolean() ? 50_000_000L : 1_000_000_000L),
        () -> {
          if (working) {
            action.run();
          }
        });
  }

  private void crashSomebody() {
    List<Integer> pids = List.copyOf(server.postmaster().processes().keySet());
    if (!server.postmaster().accepts() || pids.isEmpty()) {
      return;
    }
    int pid = pids.get(random.nextInt(pids.size()));
    trace.tell(() -> "process " + pid + " dies");
    if (server.postmaster().crash(pid)) {
      checks.crashed(pid);
    }
  }

  private void signalSomebody() {
    List<Integer> pids = List.copyOf(server.postmaster().processes().keySet());
    if (!pids.isEmpty()) {
      int pid = pids.get(random.nextInt(pids.size()));
      BackendSignal signal = random.nextBoolean() ? BackendSignal.CANCEL : BackendSignal.TERMINATE;
      trace.tell(() -> "process " + pid + " gets " + signal);
      server.postmaster().signal(pid, signal);
    }
  }

  /// Waits until nobody is connected, and looks at everything.
  private void verify() {
    checksMade++;
    until(
        () ->
            exited()
                || (server.postmaster().accepts()
                    && !server.postmaster().processes().containsValue("client backend")),
        "a client's backend stays");
    if (exited()) {
      throw new AssertionError("the server has ended by itself");
    }
    checks.processTree();
    SimClient client = server.client("check" + checksMade);
    await(client.connect(), "connect");
    for (Workload workload : workloads) {
      await(workload.verify(client), "verify");
    }
    await(checks.indexes(client), "indexes");
    await(checks.files(client), "files");
    client.close();
    until(
        () -> !server.postmaster().processes().containsValue("client backend"),
        "the checker's backend stays");
  }
}
