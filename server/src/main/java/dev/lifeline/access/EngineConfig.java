package dev.lifeline.access;

/// What the storage needs of the configuration, in its own units. The names are PostgreSQL's.
///
/// @param sharedBuffers in pages, at least 16
/// @param walBuffers in bytes
/// @param walSegmentSize in bytes, a power of two from 1 MB to 1 GB (smaller in tests)
/// @param fsync false only for throw-away data: a crash of the machine may then lose everything
/// @param fullPageWrites whether the first change of a page after a checkpoint logs its image
/// @param minWalSize in bytes: so much is recycled rather than removed
/// @param maxWalSize in bytes: so much between checkpoints
/// @param checkpointCompletionTarget fraction of the interval over which writes are spread
/// @param checkpointTimeoutMs between checkpoints
/// @param bgwriterLruMaxpages pages that one round of the background writer may write
/// @param bgwriterLruMultiplier how much of the expected need it prepares for
/// @param commitDelayMicros how long a flush waits for company
/// @param commitSiblings how many other transactions must run for that
/// @param archiveMode whether full segments are marked for the archiver and kept until it is done
/// @param walCompression whether full page images are compressed (by pglz)
/// @param walInitZero whether a new segment is filled with zeros before it is used
/// @param walRecycle whether old segments become new ones
/// @param redo how recovery goes about its work
public record EngineConfig(
    int sharedBuffers,
    int walBuffers,
    int walSegmentSize,
    boolean fsync,
    boolean fullPageWrites,
    long minWalSize,
    long maxWalSize,
    double checkpointCompletionTarget,
    long checkpointTimeoutMs,
    int bgwriterLruMaxpages,
    double bgwriterLruMultiplier,
    int commitDelayMicros,
    int commitSiblings,
    boolean archiveMode,
    boolean walCompression,
    boolean walInitZero,
    boolean walRecycle,
    RedoConfig redo) {

  private static final long MB = 1024 * 1024;

  public EngineConfig {
    if (sharedBuffers < 16) {
      throw new IllegalArgumentException("shared_buffers " + sharedBuffers);
    }
    if (walSegmentSize < 4096 || Integer.bitCount(walSegmentSize) != 1) {
      throw new IllegalArgumentException("wal_segment_size " + walSegmentSize);
    }
    if (walBuffers < 65536) {
      throw new IllegalArgumentException("wal_buffers " + walBuffers);
    }
  }

  /// With PostgreSQL's defaults for how the WAL is kept.
  public EngineConfig(
      int sharedBuffers,
      int walBuffers,
      int walSegmentSize,
      boolean fsync,
      boolean fullPageWrites,
      long minWalSize,
      long maxWalSize,
      double checkpointCompletionTarget,
      long checkpointTimeoutMs,
      int bgwriterLruMaxpages,
      double bgwriterLruMultiplier,
      int commitDelayMicros,
      int commitSiblings,
      boolean archiveMode) {
    this(
        sharedBuffers,
        walBuffers,
        walSegmentSize,
        fsync,
        fullPageWrites,
        minWalSize,
        maxWalSize,
        checkpointCompletionTarget,
        checkpointTimeoutMs,
        bgwriterLruMaxpages,
        bgwriterLruMultiplier,
        commitDelayMicros,
        commitSiblings,
        archiveMode,
        false,
        true,
        true,
        RedoConfig.DEFAULTS);
  }

  /// Bytes of WAL after which the next checkpoint begins: as much as fits into `max_wal_size` when
  /// the interval before is still needed while this one's checkpoint is being completed.
  public long walBetweenCheckpoints() {
    return (long) (maxWalSize / (1.0 + checkpointCompletionTarget));
  }

  /// The same but for how the WAL is kept.
  public EngineConfig withWal(boolean compression, boolean initZero, boolean recycle) {
    return new EngineConfig(
        sharedBuffers,
        walBuffers,
        walSegmentSize,
        fsync,
        fullPageWrites,
        minWalSize,
        maxWalSize,
        checkpointCompletionTarget,
        checkpointTimeoutMs,
        bgwriterLruMaxpages,
        bgwriterLruMultiplier,
        commitDelayMicros,
        commitSiblings,
        archiveMode,
        compression,
        initZero,
        recycle,
        redo);
  }

  /// The same but for redo.
  public EngineConfig withRedo(RedoConfig newRedo) {
    return new EngineConfig(
        sharedBuffers,
        walBuffers,
        walSegmentSize,
        fsync,
        fullPageWrites,
        minWalSize,
        maxWalSize,
        checkpointCompletionTarget,
        checkpointTimeoutMs,
        bgwriterLruMaxpages,
        bgwriterLruMultiplier,
        commitDelayMicros,
        commitSiblings,
        archiveMode,
        walCompression,
        walInitZero,
        walRecycle,
        newRedo);
  }

  /// PostgreSQL's defaults.
  public static EngineConfig defaults() {
    return new EngineConfig(
        16384, 4 << 20, 16 << 20, true, true, 80 * MB, 1024 * MB, 0.9, 300_000, 100, 2.0, 0, 5,
        false);
  }
}
