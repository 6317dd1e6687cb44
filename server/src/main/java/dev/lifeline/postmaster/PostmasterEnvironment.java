package dev.lifeline.postmaster;

import dev.lifeline.events.Emitter;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.ServerFiles;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the postmaster finds when it is started.
///
/// @param version of Lifeline
/// @param osPid the operating system's id of this process
/// @param timers of the postmaster's event loop
/// @param config as read at the start
/// @param reload reads the configuration again
/// @param disk opens the data directory for a new generation of shared memory
/// @param generations makes shared memory and what works upon it
/// @param shell runs a shell command in the data directory and tells its exit code
/// @param files for the views over them
public record PostmasterEnvironment(
    String version,
    int osPid,
    String dataDirectory,
    Clock clock,
    Timers timers,
    Emitter emitter,
    ServerLog log,
    ServerConfig config,
    Function<ServerConfig, Future<Reloaded>> reload,
    Supplier<Disk> disk,
    GenerationFactory generations,
    Function<String, Future<Integer>> shell,
    ServerFiles files) {

  /// What came of reading the files again.
  ///
  /// @param access what the log is told about the files that say who is let in
  public record Reloaded(ServerConfig.Loaded config, List<PgException> access) {}

  /// Makes shared memory for the configuration, on a disk that is its own.
  ///
  /// `panic` is told, on any thread, when the cluster must not go on.
  public interface GenerationFactory {
    Generation create(
        ServerConfig config,
        Supplier<ServerConfig> current,
        Disk disk,
        ServerControl control,
        Consumer<PgException> panic);
  }
}
