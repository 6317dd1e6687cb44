package dev.lifeline.postmaster;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.RedoConfig;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;

/// What the storage needs of the configuration.
public final class EngineSettings {
  private static final long MB = 1024 * 1024;
  private static final int BLOCK = 8192;

  private EngineSettings() {}

  public static EngineConfig of(ServerConfig config) {
    int sharedBuffers = Math.toIntExact(config.get(Gucs.SHARED_BUFFERS));
    return new EngineConfig(
        sharedBuffers,
        walBuffers(config.get(Gucs.WAL_BUFFERS), sharedBuffers, config),
        Math.toIntExact(config.get(Gucs.WAL_SEGMENT_SIZE)),
        config.get(Gucs.FSYNC),
        config.get(Gucs.FULL_PAGE_WRITES),
        config.get(Gucs.MIN_WAL_SIZE) * MB,
        config.get(Gucs.MAX_WAL_SIZE) * MB,
        config.get(Gucs.CHECKPOINT_COMPLETION_TARGET),
        config.get(Gucs.CHECKPOINT_TIMEOUT) * 1000,
        Math.toIntExact(config.get(Gucs.BGWRITER_LRU_MAXPAGES)),
        config.get(Gucs.BGWRITER_LRU_MULTIPLIER),
        Math.toIntExact(config.get(Gucs.COMMIT_DELAY)),
        Math.toIntExact(config.get(Gucs.COMMIT_SIBLINGS)),
        !config.get(Gucs.ARCHIVE_MODE).equals("off"),
        !config.get(Gucs.WAL_COMPRESSION).equals("off"),
        config.get(Gucs.WAL_INIT_ZERO),
        config.get(Gucs.WAL_RECYCLE),
        new RedoConfig(
            !config.get(Gucs.RECOVERY_PREFETCH).equals("off"),
            Math.toIntExact(config.get(Gucs.WAL_DECODE_BUFFER_SIZE)),
            Math.toIntExact(config.get(Gucs.MAINTENANCE_IO_CONCURRENCY)),
            config.get(Gucs.LOG_STARTUP_PROGRESS_INTERVAL)));
  }

  /// -1 means a 32nd of shared_buffers, between 64 kB and one WAL segment.
  private static int walBuffers(long pages, int sharedBuffers, ServerConfig config) {
    if (pages >= 0) {
      return Math.toIntExact(Math.max(pages * BLOCK, 8L * BLOCK));
    }
    long automatic = sharedBuffers / 32 * (long) BLOCK;
    return Math.toIntExact(Math.clamp(automatic, 8L * BLOCK, config.get(Gucs.WAL_SEGMENT_SIZE)));
  }
}
