package dev.lifeline.access;

/// How redo goes about it. The names are PostgreSQL's.
///
/// @param recoveryPrefetch whether the blocks of records that come are read before their turn
/// @param walDecodeBufferSize in bytes: so far it looks ahead in the WAL
/// @param maintenanceIoConcurrency so many blocks are read at once; 0 as `recovery_prefetch = off`
/// @param progressIntervalMs between two messages of a redo that takes long; 0 for none
public record RedoConfig(
    boolean recoveryPrefetch,
    int walDecodeBufferSize,
    int maintenanceIoConcurrency,
    long progressIntervalMs) {
  /// PostgreSQL's defaults.
  public static final RedoConfig DEFAULTS = new RedoConfig(true, 512 << 10, 10, 10_000);

  public RedoConfig {
    if (walDecodeBufferSize <= 0 || maintenanceIoConcurrency < 0 || progressIntervalMs < 0) {
      throw new IllegalArgumentException("negative setting of redo");
    }
  }
}
