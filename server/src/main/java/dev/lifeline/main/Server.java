package dev.lifeline.main;

import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.ControlFile;
import dev.lifeline.dashboard.DashboardVerticle;
import dev.lifeline.dashboard.EventLogs;
import dev.lifeline.dashboard.JournalEventLog;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.Subject;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.postmaster.EngineSettings;
import dev.lifeline.postmaster.ListenAddress;
import dev.lifeline.postmaster.LogWriter;
import dev.lifeline.postmaster.NetDialer;
import dev.lifeline.postmaster.PostmasterEnvironment;
import dev.lifeline.postmaster.PostmasterVerticle;
import dev.lifeline.postmaster.StartChecks;
import dev.lifeline.postmaster.VertxWakeup;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A running server: lock files, event log with its projections, postmaster, dashboard. Made and
/// ended by the command line (or a test that embeds it), on a thread that may block.
final class Server implements AutoCloseable {
  private final DataDirectory directory;
  private final List<ServerConfig.Option> options;
  private final ServerConfig config;
  private final LogWriter log;

  /// Made on another thread while this one reads the control file and opens the event log.
  private final FutureTask<Vertx> vertx;

  private final WebFiles webFiles;
  private final int loops;
  private final int filesMax;
  private final int clientsMax;
  private final Closers closers = new Closers();
  private final AccessFiles access;
  private @Nullable PostmasterVerticle postmaster;
  private @Nullable Journal journal;
  private volatile @Nullable LockFile lockFile;

  /// What is to be closed, in reverse order.
  private static final class Closers {
    private final List<AutoCloseable> opened = new ArrayList<>();

    <T extends AutoCloseable> T add(T closer) {
      opened.add(closer);
      return closer;
    }

    void closeAll() {
      for (AutoCloseable closer : opened.reversed()) {
        try {
          closer.close();
        } catch (Exception e) {
          System.err.println("lifeline: WARNING:  " + e.getMessage());
        }
      }
      opened.clear();
    }
  }

  private Server(
      DataDirectory directory,
      List<ServerConfig.Option> options,
      ServerConfig config,
      LogWriter log) {
    this.directory = directory;
    this.options = List.copyOf(options);
    this.config = config;
    this.log = log;
    this.access =
        AccessFiles.read(config, message -> log.report(postmasterProcess(), message, null));
    long maxConnections = config.get(Gucs.MAX_CONNECTIONS);
    this.filesMax = OpenFiles.ofRelations(OpenFiles.limit(), maxConnections);
    this.clientsMax = OpenFiles.ofClients(OpenFiles.limit(), maxConnections);
    long configured = config.get(Gucs.LIFELINE_EVENT_LOOPS);
    this.loops =
        configured > 0
            ? Math.toIntExact(configured)
            : Math.max(1, Runtime.getRuntime().availableProcessors());
    this.webFiles = new WebFiles(directory.path());
    boolean served = config.get(Gucs.LIFELINE_DASHBOARD_PORT) != 0;
    this.vertx = startVertx(loops, served ? webFiles.options() : WebFiles.none());
    closers.add(() -> Blocking.await(vertx().close()));
  }

  /// Starts a server on an initialized directory; returns when it accepts sessions.
  ///
  /// @throws PgException when it cannot start; everything is undone
  static Server start(
      DataDirectory directory,
      List<ServerConfig.Option> options,
      ServerConfig config,
      LogWriter log) {
    Server server = begin(directory, options, config, log);
    try {
      server.awaitReady();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /// As [#start], but returns when the postmaster runs: it may be in recovery yet.
  static Server begin(
      DataDirectory directory,
      List<ServerConfig.Option> options,
      ServerConfig config,
      LogWriter log) {
    Server server = new Server(directory, options, config, log);
    try {
      server.run();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /// Returns when it accepts sessions.
  ///
  /// @throws PgException when it ends before that
  void awaitReady() {
    Blocking.await(running().ready());
    LockFile held = lockFile;
    if (held != null) {
      held.status("ready");
    }
  }

  ServerConfig config() {
    return config;
  }

  Journal journal() {
    Journal opened = journal;
    if (opened == null) {
      throw new IllegalStateException("the server was not started");
    }
    return opened;
  }

  Vertx vertx() {
    return Blocking.await(vertx);
  }

  private static FutureTask<Vertx> startVertx(int loops, FileSystemOptions files) {
    VertxOptions options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(loops)
            .setFileSystemOptions(files);
    FutureTask<Vertx> task = new FutureTask<>(() -> Vertx.vertx(options));
    Thread.ofPlatform().name("vertx-start").daemon().start(task);
    return task;
  }

  /// Closes something of the caller's when the server is closed, before anything of its own.
  void closeFirst(AutoCloseable closer) {
    closers.add(closer);
  }

  /// Completes with the exit code when the server has ended.
  Future<Integer> exited() {
    return running().exited();
  }

  void shutdown(ShutdownMode mode, String requestedBy) {
    running().shutdown(mode, requestedBy);
    LockFile held = lockFile;
    if (held != null) {
      held.status("stopping");
    }
  }

  void reload() {
    running().reload();
  }

  /// As `pg_ctl logrotate` asks for it: by a file, and a signal that has other meanings, too.
  ///
  /// @return false where it did not
  boolean rotateLogIfAsked() {
    try {
      if (!Files.deleteIfExists(directory.path().resolve("logrotate"))) {
        return false;
      }
    } catch (IOException e) {
      // It is there, and stays until the next start.
    }
    running().rotateLog();
    return true;
  }

  private PostmasterVerticle running() {
    PostmasterVerticle verticle = postmaster;
    if (verticle == null) {
      throw new IllegalStateException("the server was not started");
    }
    return verticle;
  }

  private void run() {
    StartChecks.check(config);
    long pid = ProcessHandle.current().pid();
    long now = new SystemClock().epochMicros() / 1_000_000;
    int port = Math.toIntExact(config.get(Gucs.PORT));
    Path path = directory.path();
    LockFile held = closers.add(LockFile.ofDataDirectory(path, pid, now, port));
    lockFile = held;
    webFiles.removeOthers();
    PostmasterOpts.write(path, options);
    Journal opened = closers.add(openJournal(readControlFile()));
    journal = opened;
    List<SocketAddress> unix = ListenAddress.unix(config.get(Gucs.UNIX_SOCKET_DIRECTORIES), port);
    for (SocketAddress socket : unix) {
      closers.add(LockFile.ofSocket(Path.of(socket.path()), path, pid, now, port));
    }
    List<SocketAddress> addresses =
        new ArrayList<>(ListenAddress.tcp(config.get(Gucs.LISTEN_ADDRESSES), port));
    addresses.addAll(unix);
    startDashboard(opened);
    closers.add(Projections.start(config, opened, log));
    PostmasterVerticle verticle =
        new PostmasterVerticle(
            timers -> environment(timers, opened),
            addresses,
            lostProcesses(opened),
            opened.openReport().lastSequence(),
            loops,
            clientsMax);
    Blocking.await(vertx().deployVerticle(verticle));
    postmaster = verticle;
    held.listening(
        unix.isEmpty() ? "" : String.valueOf(Path.of(unix.get(0).path()).getParent()),
        addresses.stream()
            .filter(SocketAddress::isInetSocket)
            .map(SocketAddress::host)
            .findFirst()
            .orElse(""));
  }

  private void startDashboard(Journal opened) {
    int port = Math.toIntExact(config.get(Gucs.LIFELINE_DASHBOARD_PORT));
    if (port == 0) {
      return;
    }
    List<String> addresses =
        Arrays.stream(config.get(Gucs.LIFELINE_DASHBOARD_LISTEN_ADDRESSES).split(",", -1))
            .map(String::strip)
            .filter(address -> !address.isEmpty())
            .toList();
    DashboardVerticle dashboard =
        new DashboardVerticle(
            EventLogs.of(new JournalEventLog(opened)), addresses, port, actions(opened));
    try {
      Blocking.await(vertx().deployVerticle(dashboard));
    } catch (IllegalStateException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw PgException.fatal(
              SqlState.OBJECT_IN_USE,
              "could not start the dashboard on port %d: %s",
              port,
              reason.getMessage())
          .hint("Set lifeline.dashboard_port to another port, or to 0 for no dashboard.");
    }
  }

  private DashboardActions actions(Journal opened) {
    String jaeger = config.get(Gucs.LIFELINE_JAEGER_URL);
    try {
      return new DashboardActions(
          directory.path(),
          opened,
          () -> postmaster,
          new DashboardQueries(vertx(), config),
          jaeger.isBlank() ? null : jaeger);
    } catch (IOException e) {
      throw PgException.fatal(
          SqlState.IO_ERROR, "could not read the token of the dashboard: %s", e.getMessage());
    }
  }

  private ControlData readControlFile() {
    FileDisk disk = FileDisk.open(directory.path(), filesMax, Wakeup.direct());
    try {
      return Blocking.await(ControlFile.read(disk));
    } finally {
      Blocking.await(disk.abandon());
    }
  }

  private Journal openJournal(ControlData control) {
    try {
      return Journal.open(
          directory.path(),
          JournalConfig.of(control.systemIdentifier())
              .withRetention(retentionAge(), retentionBytes())
              .withLog(message -> log.log(LogProcess.of(0, "journal"), message)));
    } catch (IOException e) {
      throw PgException.fatal(
          SqlState.IO_ERROR,
          "could not open the event log in \"%s\": %s",
          directory.path().resolve(Journal.DIRECTORY),
          e.getMessage());
    }
  }

  private Duration retentionAge() {
    long minutes = config.get(Gucs.LIFELINE_JOURNAL_RETENTION);
    return minutes < 0 ? Duration.ofDays(365_000) : Duration.ofMinutes(minutes);
  }

  private long retentionBytes() {
    long megabytes = config.get(Gucs.LIFELINE_JOURNAL_RETENTION_SIZE);
    return megabytes < 0 ? Long.MAX_VALUE : megabytes << 20;
  }

  /// The processes that the log left alive: the cluster was killed under them.
  private static List<Subject> lostProcesses(Journal opened) {
    return opened.stateAtOpen().processes().values().stream()
        .map(process -> new Subject(process.backendType(), process.pid()))
        .toList();
  }

  /// The event log; for measuring what it costs (`-Dlifeline.events=off`), nothing.
  private static Emitter emitter(Journal opened) {
    return "off".equals(System.getProperty("lifeline.events")) ? Emitter.NONE : opened;
  }

  private PostmasterEnvironment environment(Timers timers, Journal opened) {
    Emitter emitter = emitter(opened);
    Supplier<Disk> disk = () -> FileDisk.open(directory.path(), filesMax, new VertxWakeup(vertx()));
    return new PostmasterEnvironment(
        Version.number(),
        Math.toIntExact(ProcessHandle.current().pid()),
        directory.path().toString(),
        new SystemClock(),
        timers,
        emitter,
        log,
        config,
        current -> vertx().executeBlocking(() -> reload(current)),
        disk,
        new Assembly(
            Assembly.Ground.of(vertx()), emitter, EngineSettings::of, sessionSetting(opened)),
        command -> vertx().executeBlocking(() -> shell(command), false),
        new ConfigurationFiles(vertx(), directory, options, config, () -> access.current().tls()));
  }

  private SessionSetting sessionSetting(Journal opened) {
    return new SessionSetting(
        new Subject("postmaster", Math.toIntExact(ProcessHandle.current().pid())),
        new SystemClock(),
        emitter(opened),
        log,
        access::current,
        new InterfaceNetworks(),
        new SecureRandom(),
        directory.mockNonce(),
        (range, backward) -> new EventScan(vertx(), opened.reader(), range, backward),
        ClientMemory.ofHeap(),
        (name, value) ->
            vertx()
                .executeBlocking(() -> {
                  directory.alterSystem(name, value);
                  return name;
                })
                .mapEmpty(),
        new NetDialer(vertx()));
  }

  private PostmasterEnvironment.Reloaded reload(ServerConfig current) {
    ServerConfig.Loaded loaded = directory.reload(current, options);
    return new PostmasterEnvironment.Reloaded(loaded, access.reload(loaded.config()));
  }

  private static LogProcess postmasterProcess() {
    return LogProcess.of(Math.toIntExact(ProcessHandle.current().pid()), "postmaster");
  }

  private int shell(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", command)
        .directory(directory.path().toFile())
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }

  /// Ends the server: one that still runs by an immediate shutdown.
  @Override
  public void close() {
    PostmasterVerticle verticle = postmaster;
    if (verticle != null && !verticle.exited().isComplete()) {
      verticle.shutdown(ShutdownMode.IMMEDIATE, "close");
      Blocking.await(verticle.exited());
    }
    closers.closeAll();
  }
}
