package dev.lifeline.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What `pg_ctl` does to a running server, with its messages and exit codes.
final class ControlCommands {
  private static final int EXIT_NO_SERVER = 3;
  private static final int EXIT_NO_DATA_DIRECTORY = 4;
  private static final int LINE_STATUS = 7;
  private static final long POLL_MS = 100;

  private ControlCommands() {}

  /// A running server, as its `postmaster.pid` tells.
  record Running(long pid, List<String> lines, ProcessHandle process) {
    static Optional<Running> find(Path dataDirectory) throws IOException {
      try {
        List<String> lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        if (lines.isEmpty()) {
          return Optional.empty();
        }
        long pid = Long.parseLong(lines.get(0).strip());
        return ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .map(process -> new Running(pid, lines, process));
      } catch (NoSuchFileException | NumberFormatException e) {
        return Optional.empty();
      }
    }

    void signal(String name) throws IOException, InterruptedException {
      // The JDK can send SIGTERM and SIGKILL only.
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IOException("could not send signal " + name + " to PID " + pid);
      }
    }
  }

  /// What all of them take.
  abstract static class Control implements Callable<Integer> {
    @Option(
        names = {"-D", "--pgdata"},
        paramLabel = "DATADIR",
        description = "data directory (default: $PGDATA, or else ./.lifeline/data)")
    private @Nullable Path dataDirectory;

    Path place() {
      return ServerOptions.place(dataDirectory, System.getenv()).toAbsolutePath().normalize();
    }

    @Override
    public Integer call() throws Exception {
      Path place = place();
      if (!Files.isDirectory(place)) {
        System.err.println("lifeline: directory \"" + place + "\" does not exist");
        return EXIT_NO_DATA_DIRECTORY;
      }
      if (!Files.exists(place.resolve("PG_VERSION"))) {
        System.err.println(
            "lifeline: directory \"" + place + "\" is not a database cluster directory");
        return EXIT_NO_DATA_DIRECTORY;
      }
      Optional<Running> running = Running.find(place);
      return running.isPresent() ? act(running.get()) : noServer(place);
    }

    abstract int act(Running running) throws IOException, InterruptedException;

    int noServer(Path place) {
      System.err.println(
          "lifeline: PID file \"" + place.resolve("postmaster.pid") + "\" does not exist");
      System.err.println("Is server running?");
      return Main.EXIT_FAILURE;
    }
  }

  /// `lifeline stop`.
  @Command(name = "stop", description = "Stops the server.", mixinStandardHelpOptions = true)
  static final class Stop extends Control {
    /// How the server is told.
    enum Mode {
      smart("TERM"),
      fast("INT"),
      /// PostgreSQL's SIGQUIT makes a JVM print its threads.
      immediate("USR1");

      private final String signal;

      Mode(String signal) {
        this.signal = signal;
      }
    }

    @Option(
        names = {"-m", "--mode"},
        paramLabel = "MODE",
        description = "smart, fast (default) or immediate")
    private Mode mode = Mode.fast;

    @Option(
        names = {"-t", "--timeout"},
        paramLabel = "SECS",
        description = "seconds to wait (default: 60)")
    private long timeoutSeconds = 60;

    @Override
    int act(Running running) throws IOException, InterruptedException {
      running.signal(mode.signal);
      System.out.print("waiting for server to shut down...");
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
      while (running.process().isAlive()) {
        if (System.nanoTime() > until) {
          System.out.println(" failed");
          System.err.println("lifeline: server does not shut down");
          if (mode == Mode.smart) {
            System.err.println(
                "HINT: The \"-m fast\" option immediately disconnects sessions rather than"
                    + " waiting for session-initiated disconnection.");
          }
          return Main.EXIT_FAILURE;
        }
        Thread.sleep(POLL_MS);
      }
      System.out.println(" done");
      System.out.println("server stopped");
      return 0;
    }
  }

  /// `lifeline reload`.
  @Command(
      name = "reload",
      description = "Makes the server read its configuration again.",
      mixinStandardHelpOptions = true)
  static final class Reload extends Control {
    @Override
    int act(Running running) throws IOException, InterruptedException {
      running.signal("HUP");
      System.out.println("server signaled");
      return 0;
    }
  }

  /// `lifeline status`.
  @Command(
      name = "status",
      description = "Tells whether the server runs.",
      mixinStandardHelpOptions = true)
  static final class Status extends Control {
    @Override
    int act(Running running) {
      System.out.println("lifeline: server is running (PID: " + running.pid() + ")");
      if (running.lines().size() > LINE_STATUS) {
        System.out.println("status: " + running.lines().get(LINE_STATUS).strip());
      }
      return 0;
    }

    @Override
    int noServer(Path place) {
      System.out.println("lifeline: no server running");
      return EXIT_NO_SERVER;
    }
  }
}
