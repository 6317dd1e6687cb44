package dev.lifeline.observe;

import dev.lifeline.observe.log.LogFormat;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// What a server says of itself when an observer attaches.
///
/// @param format what its log can be read in, null when in none
/// @param access how its log can be read
/// @param currentLogFile the file that it writes to, without its folder
public record ServerFacts(
    long systemIdentifier,
    int versionNum,
    String version,
    boolean inRecovery,
    Instant postmasterStart,
    ZoneId logTimezone,
    @Nullable LogFormat format,
    LogAccess access,
    @Nullable String currentLogFile,
    boolean logsLockWaits,
    boolean logsConnections) {

  /// The ways to the log's bytes.
  public enum LogAccess {
    /// The SECURITY DEFINER function that `--doctor` prints.
    FUNCTION,
    /// `pg_read_binary_file`, for superusers and those who were granted it.
    DIRECT,
    NONE
  }

  /// 13, 14, ...
  public int major() {
    return versionNum / 10_000;
  }

  public boolean readsLog() {
    return format != null && access != LogAccess.NONE;
  }
}
