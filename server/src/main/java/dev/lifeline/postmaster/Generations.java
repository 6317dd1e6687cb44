package dev.lifeline.postmaster;

import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes shared memory for the postmaster, after a crash anew, each on a disk of its own; and sees
/// to the end of the one that panics. Belongs to the postmaster's event loop.
final class Generations {
  private final PostmasterEnvironment env;
  private final Supplier<ServerConfig> config;
  private final ProcessTable table;
  private final PostmasterLog log;
  private final ServerControl control;
  private @Nullable Disk disk;

  /// @param control what sessions may ask of the postmaster
  Generations(
      PostmasterEnvironment env,
      Supplier<ServerConfig> config,
      ProcessTable table,
      PostmasterLog log,
      ServerControl control) {
    this.env = env;
    this.config = config;
    this.table = table;
    this.log = log;
    this.control = control;
  }

  /// The next one.
  Generation create() {
    Disk fresh = env.disk().get();
    disk = fresh;
    return env.generations()
        .create(config.get(), config, fresh, control, error -> panic(fresh, error));
  }

  /// That of the one that was made last.
  Disk disk() {
    return Objects.requireNonNull(disk);
  }

  /// It is not known any more what is on the disk: everybody must go, and redo decide. As a
  /// PostgreSQL process that panics aborts, the WAL writer dies of it; where it is gone or not
  /// there yet, the one who writes the shutdown checkpoint or repeats the WAL. What memory that is
  /// gone still tries comes to nothing, and nobody who lives now has to do with it.
  private void panic(Disk of, PgException error) {
    env.timers()
        .execute(() -> {
          if (!of.equals(disk)) {
            return;
          }
          log.report(error);
          Stream.of(ProcessType.WAL_WRITER, ProcessType.CHECKPOINTER, ProcessType.STARTUP)
              .flatMap(type -> table.all().stream().filter(entry -> entry.type() == type).limit(1))
              .findFirst()
              .ifPresent(entry -> entry.handle().signal(ProcessSignal.SIGKILL, false));
        });
  }

  /// What the event log is told of one.
  PostmasterEvent.SharedMemoryInitialized initialized() {
    ServerConfig current = config.get();
    long buffers = current.get(Gucs.SHARED_BUFFERS) * current.get(Gucs.BLOCK_SIZE);
    long walBuffers = EngineSettings.of(current).walBuffers();
    return new PostmasterEvent.SharedMemoryInitialized(
        buffers + walBuffers,
        buffers,
        walBuffers,
        Math.toIntExact(current.get(Gucs.MAX_CONNECTIONS)));
  }
}
