package dev.lifeline.replication.backup;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Backups;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The SQL functions about the WAL and base backups, of one session.
public final class WalFunctions {
  private static final int RESTORE_POINT_MAX = 63;

  private static final Set<String> NAMES =
      Set.of(
          "pg_switch_wal",
          "pg_create_restore_point",
          "pg_backup_start",
          "pg_backup_stop",
          "pg_walfile_name",
          "pg_walfile_name_offset",
          "pg_last_wal_receive_lsn",
          "pg_last_wal_replay_lsn",
          "pg_last_xact_replay_timestamp",
          "pg_is_wal_replay_paused",
          "pg_get_wal_replay_pause_state",
          "pg_wal_replay_pause",
          "pg_wal_replay_resume",
          "pg_promote");

  private static final Set<String> PUBLIC =
      Set.of(
          "pg_walfile_name",
          "pg_walfile_name_offset",
          "pg_last_wal_receive_lsn",
          "pg_last_wal_replay_lsn",
          "pg_last_xact_replay_timestamp",
          "pg_is_wal_replay_paused",
          "pg_get_wal_replay_pause_state");

  private final SharedMemory memory;
  private final SessionContext session;
  private final SessionBackup backup;
  private @Nullable Future<Long> pending;

  public WalFunctions(SharedMemory memory, SessionContext session) {
    this.memory = memory;
    this.session = session;
    this.backup = new SessionBackup(memory, session);
  }

  public static boolean has(String function) {
    return NAMES.contains(function);
  }

  /// Calls a function that [#has] knows.
  ///
  /// @throws NotYet while it has to wait
  public @Nullable Object call(String name, List<@Nullable Object> arguments) {
    if (!PUBLIC.contains(name)) {
      checkPermission(name);
    }
    return switch (name) {
      case "pg_switch_wal" -> switchWal();
      case "pg_create_restore_point" -> restorePoint(String.valueOf(arguments.get(0)));
      case "pg_backup_start" -> backup.start(String.valueOf(arguments.get(0)), flag(arguments, 1));
      case "pg_backup_stop" -> backup.stop(flag(arguments, 0));
      case "pg_walfile_name" -> Text.of(memory.backups().walFile(lsn(arguments)));
      case "pg_last_wal_receive_lsn" -> null;
      case "pg_last_wal_replay_lsn" -> orNull(memory.replay().replayedLsn());
      case "pg_last_xact_replay_timestamp" -> {
        Long micros = orNull(memory.replay().lastXactMicros());
        yield micros == null ? null : (Object) (micros - EvalContext.EPOCH_SHIFT);
      }
      case "pg_is_wal_replay_paused",
          "pg_get_wal_replay_pause_state",
          "pg_wal_replay_pause",
          "pg_wal_replay_resume",
          "pg_promote" ->
          throw PgException.error(
                  SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "recovery is not in progress")
              .hint("Recovery control functions can only be executed during recovery.");
      default -> {
        long lsn = lsn(arguments);
        int size = memory.controlData().walSegmentSize();
        yield new ServerRows().add(Text.of(memory.backups().walFile(lsn)), lsn & (size - 1L));
      }
    };
  }

  private void checkPermission(String function) {
    if (!session.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for function %s", function);
    }
  }

  private static @Nullable Long orNull(long value) {
    return value == 0 ? null : value;
  }

  private static boolean flag(List<@Nullable Object> arguments, int i) {
    return i < arguments.size()
        && arguments.get(i) instanceof Number number
        && number.longValue() != 0;
  }

  private static long lsn(List<@Nullable Object> arguments) {
    return ((Number) Objects.requireNonNull(arguments.get(0))).longValue();
  }

  /// Completes when the archiver can have the segment.
  private long switchWal() {
    if (pending == null) {
      long end = memory.wal().switchSegment();
      pending = memory.wal().flushAll().map(end);
    }
    return finish();
  }

  private long restorePoint(String name) {
    if (pending == null) {
      backup.checkWalLevel("creating a restore point");
      if (name.getBytes(StandardCharsets.UTF_8).length > RESTORE_POINT_MAX) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "value too long for restore point (maximum %d characters)",
            RESTORE_POINT_MAX);
      }
      pending =
          memory
              .backups()
              .restorePoint(name)
              .onSuccess(
                  lsn -> session.notice(PgException.log(Backups.restorePointCreated(name, lsn))));
    }
    return finish();
  }

  private long finish() {
    Future<Long> work = Objects.requireNonNull(pending);
    if (!work.isComplete()) {
      throw new NotYet(work.otherwiseEmpty());
    }
    pending = null;
    if (work.failed()) {
      throw work.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(work.cause());
    }
    return work.result();
  }

  /// The session ends.
  public void close() {
    backup.close();
  }
}
