package dev.lifeline.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What the commands that control a server from outside have in common: `pg_ctl`'s options,
/// messages and exit codes.
abstract class ControlCommand implements Callable<Integer> {
  private static final long POLL_MS = 100;
  private static final int POLLS_PER_DOT = 10;
  private static final long TIMEOUT_S = 60;

  @Option(
      names = {"-D", "--pgdata"},
      paramLabel = "DATADIR",
      description = "data directory (default: $PGDATA, or else ./.lifeline/data)")
  private @Nullable Path dataDirectory;

  @Option(
      names = {"-s", "--silent"},
      description = "only print errors, no informational messages")
  private boolean silent;

  Path place() {
    return ServerOptions.place(dataDirectory, System.getenv()).toAbsolutePath().normalize();
  }

  Path pidFile() {
    return place().resolve("postmaster.pid");
  }

  /// The exit code where there is no data directory.
  int noDataDirectory() {
    return Main.EXIT_FAILURE;
  }

  @Override
  public Integer call() throws Exception {
    Path place = place();
    if (!Files.isDirectory(place)) {
      error("directory \"" + place + "\" does not exist");
      return noDataDirectory();
    }
    if (!Files.exists(place.resolve("PG_VERSION"))) {
      error("directory \"" + place + "\" is not a database cluster directory");
      return noDataDirectory();
    }
    return act(RunningServer.find(place));
  }

  /// Does it.
  ///
  /// @param found the server whose lock file is there
  abstract int act(Optional<RunningServer> found) throws Exception;

  /// Where a server is needed.
  int noServer() {
    error("PID file \"" + pidFile() + "\" does not exist");
    System.err.println("Is server running?");
    return Main.EXIT_FAILURE;
  }

  static void error(String message) {
    System.err.println("lifeline: " + message);
  }

  /// What `-s` suppresses.
  void say(String message) {
    if (!silent) {
      System.out.print(message);
      System.out.flush();
    }
  }

  /// What an operation that takes its time is asked.
  interface Poll {
    boolean done() throws IOException;
  }

  /// Waits, with a dot a second.
  ///
  /// @return false when the time is over
  boolean await(long seconds, Poll poll) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (int polls = 1; !poll.done(); polls++) {
      if (System.nanoTime() > until) {
        return false;
      }
      if (polls % POLLS_PER_DOT == 0) {
        say(".");
      }
      Thread.sleep(POLL_MS);
    }
    return true;
  }

  /// `-w`, `-W` and `-t`.
  static final class Waiting {
    @Option(
        names = {"-w", "--wait"},
        description = "wait until operation completes (default)")
    private boolean wait;

    @Option(
        names = {"-W", "--no-wait"},
        description = "do not wait until operation completes")
    private boolean noWait;

    @Option(
        names = {"-t", "--timeout"},
        paramLabel = "SECS",
        description = "seconds to wait when using -w option (default: $PGCTLTIMEOUT, or else 60)")
    private @Nullable Long seconds;

    boolean waits() {
      return wait || !noWait;
    }

    long seconds() {
      Long given = seconds;
      if (given != null) {
        return given;
      }
      String fromEnvironment = System.getenv("PGCTLTIMEOUT");
      return fromEnvironment == null || fromEnvironment.isEmpty()
          ? TIMEOUT_S
          : Long.parseLong(fromEnvironment);
    }
  }
}
