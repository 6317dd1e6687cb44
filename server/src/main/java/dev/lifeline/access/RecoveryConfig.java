package dev.lifeline.access;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an archive recovery needs of the configuration; the names are PostgreSQL's. Commands are
/// asked for each time, because a reload may change them.
///
/// @param target the five parameters that say where to stop, of which one may be set
/// @param targetInclusive whether the target itself is still repeated
/// @param targetAction `pause`, `promote` or `shutdown`
/// @param targetTimeline `current`, `latest` or a number
/// @param timeZone for the times in messages
/// @param shell runs a command in the data directory and tells its exit code
public record RecoveryConfig(
    Target target,
    boolean targetInclusive,
    String targetAction,
    String targetTimeline,
    String timeZone,
    Supplier<Commands> commands,
    Function<String, Future<Integer>> shell) {

  /// Where to stop, as the parameters have it.
  ///
  /// @param immediate `recovery_target`: `immediate`, or empty as the others
  /// @param time in microseconds since 1970; null where the parameter is empty
  public record Target(String immediate, String lsn, String name, @Nullable Long time, String xid) {
    public static final Target NONE = new Target("", "", "", null, "");

    /// One of them may be set.
    public Target {
      long set =
          Stream.of(immediate, lsn, name, xid).filter(value -> !value.isEmpty()).count()
              + (time == null ? 0 : 1);
      if (set > 1) {
        throw PgException.fatal(
                SqlState.INVALID_PARAMETER_VALUE, "multiple recovery targets specified")
            .detail(
                "At most one of recovery_target, recovery_target_lsn, recovery_target_name,"
                    + " recovery_target_time, recovery_target_xid may be set.");
      }
    }
  }

  /// The shell commands.
  ///
  /// @param restore `restore_command`
  /// @param cleanup `archive_cleanup_command`
  /// @param end `recovery_end_command`
  public record Commands(String restore, String cleanup, String end) {}

  /// For who has no archive.
  public static final RecoveryConfig NONE =
      new RecoveryConfig(
          Target.NONE,
          true,
          "pause",
          "latest",
          "UTC",
          () -> new Commands("", "", ""),
          command -> Future.succeededFuture(127));
}
