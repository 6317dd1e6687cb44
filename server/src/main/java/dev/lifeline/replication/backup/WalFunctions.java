package dev.lifeline.replication.backup;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Backups;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
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
          "pg_walfile_name_offset");

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
    if (!name.startsWith("pg_walfile")) {
      checkPermission(name);
    }
    return switch (name) {
      case "pg_switch_wal" -> switchWal();
      case "pg_create_restore_point" -> restorePoint(String.valueOf(arguments.get(0)));
      case "pg_backup_start" -> backup.start(String.valueOf(arguments.get(0)), flag(arguments, 1));
      case "pg_backup_stop" -> backup.stop(flag(arguments, 0));
      case "pg_walfile_name" -> Text.of(memory.backups().walFile(lsn(arguments)));
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
              .onSuccess(lsn ->
                  session.notice(
                      new PgException(
                          Severity.LOG,
                          SqlState.SUCCESSFUL_COMPLETION,
                          Backups.restorePointCreated(name, lsn))));
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
