package dev.lifeline.main;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.postmaster.LogWriter;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lifeline run`: the server in the foreground, with its event log and its dashboard.
@Command(
    name = "run",
    description = "Runs the server in the foreground; a missing data directory is initialized.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Mixin ServerOptions options = new ServerOptions();

  @Option(
      names = "--demo",
      description = "add the database mydb with the table employees, and a light workload")
  boolean demo;

  @Option(names = "--no-banner", hidden = true, description = "do not tell where the server is")
  boolean noBanner;

  @SuppressWarnings("UnusedVariable") // picocli prints the help by itself.
  @Option(names = "--help", usageHelp = true, description = "show this help message and exit")
  private boolean help;

  RunCommand() {}

  /// A command whose flags were read without picocli.
  RunCommand(ServerOptions options, boolean demo, boolean noBanner) {
    this.options = options;
    this.demo = demo;
    this.noBanner = noBanner;
  }

  @Override
  public Integer call() throws Exception {
    List<ServerConfig.Option> settings = options.settings();
    DataDirectory directory = options.dataDirectory(System.getenv());
    if (!directory.initialized()) {
      System.out.println("lifeline: initializing " + directory.path());
      InitdbCommand.initialize(directory, "trust", InitdbCommand.SUPERUSER, null);
    }
    directory.check();
    List<String> errors = new ArrayList<>();
    ServerConfig config = directory.load(settings, errors);
    if (!errors.isEmpty()) {
      throw brokenConfiguration(config, errors);
    }
    return serve(directory, settings, config);
  }

  private int serve(
      DataDirectory directory, List<ServerConfig.Option> settings, ServerConfig config)
      throws Exception {
    try (LogWriter log = LogWriter.open(() -> config, new SystemClock());
        Server server = Server.begin(directory, settings, config, log)) {
      CountDownLatch ended = new CountDownLatch(1);
      AtomicInteger exitCode = new AtomicInteger();
      server
          .exited()
          .onComplete(done -> {
            exitCode.set(done.succeeded() ? done.result() : Main.EXIT_FAILURE);
            ended.countDown();
          });
      SdNotify systemd = SdNotify.ofEnvironment();
      handleSignals(server, systemd);
      if (!becomesReady(server)) {
        return Blocking.await(server.exited());
      }
      if (demo) {
        server.closeFirst(Demo.start(server));
      }
      if (!noBanner) {
        Banner.print(System.out, server, demo);
      }
      systemd.ready();
      ended.await();
      return exitCode.get();
    }
  }

  /// Signals are heard while a recovery goes on. One that ends without a server that is ready has
  /// told the log why.
  private static boolean becomesReady(Server server) {
    try {
      server.awaitReady();
      return true;
    } catch (RuntimeException e) {
      if (server.exited().isComplete()) {
        return false;
      }
      throw e;
    }
  }

  /// As PostgreSQL's postmaster; but a second Ctrl-C is an immediate shutdown.
  private static void handleSignals(Server server, SdNotify systemd) {
    AtomicInteger interrupts = new AtomicInteger();
    Signals.on(
        "INT",
        () -> {
          boolean first = interrupts.getAndIncrement() == 0;
          shutdown(server, systemd, first ? ShutdownMode.FAST : ShutdownMode.IMMEDIATE, "SIGINT");
        });
    Signals.on("TERM", () -> shutdown(server, systemd, ShutdownMode.SMART, "SIGTERM"));
    // SIGQUIT is the JVM's own, and heard by a detour; this one is for those who want no stacks.
    Signals.on(
        "USR1",
        () -> {
          if (!server.rotateLogIfAsked()) {
            shutdown(server, systemd, ShutdownMode.IMMEDIATE, "SIGUSR1");
          }
        });
    QuitSignal.soon(() -> shutdown(server, systemd, ShutdownMode.IMMEDIATE, "SIGQUIT"));
    Signals.on("HUP", server::reload);
  }

  private static void shutdown(
      Server server, SdNotify systemd, ShutdownMode mode, String requestedBy) {
    server.shutdown(mode, requestedBy);
    systemd.stopping();
  }

  /// The first error is the message: it names the file and the line. The others are in the detail.
  private static PgException brokenConfiguration(ServerConfig config, List<String> errors) {
    PgException error =
        PgException.fatal(SqlState.CONFIG_FILE_ERROR, "%s", errors.get(0))
            .hint(
                "%s",
                "Mend configuration file \""
                    + config.get(Gucs.CONFIG_FILE)
                    + "\" and start again.");
    return errors.size() == 1
        ? error
        : error.detail("%s", String.join("\n", errors.subList(1, errors.size())));
  }
}
