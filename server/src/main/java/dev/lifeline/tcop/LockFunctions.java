package dev.lifeline.tcop;

import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgArrays;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The SQL functions about locks: advisory ones, and who blocks whom.
///
/// An advisory lock is on one number of 64 bits or on two of 32, in the session's database. The
/// names are put together from what they do: `pg_[try_]advisory_[xact_]lock[_shared]`.
final class LockFunctions {
  private final LockManager locks;
  private final LockOwner owner;
  private final int database;
  private final Consumer<PgException> notices;

  /// @param notices where warnings for the client go
  LockFunctions(LockManager locks, LockOwner owner, int database, Consumer<PgException> notices) {
    this.locks = locks;
    this.owner = owner;
    this.database = database;
    this.notices = notices;
  }

  static boolean has(String function) {
    return function.contains("_advisory_")
        || function.equals("pg_blocking_pids")
        || function.equals("pg_safe_snapshot_blocking_pids");
  }

  /// Calls a function that [#has] knows. Its arguments are not null.
  ///
  /// @throws dev.lifeline.utils.NotYet while the lock has to be waited for
  @Nullable Object call(String function, List<@Nullable Object> arguments) {
    return switch (function) {
      case "pg_blocking_pids" -> blockingPids(arguments);
      // Only SERIALIZABLE transactions wait for a safe snapshot.
      case "pg_safe_snapshot_blocking_pids" -> PgArray.empty(Types.get(Types.INT4));
      case "pg_advisory_unlock_all" -> {
        locks.releaseAdvisory(owner);
        yield Text.EMPTY;
      }
      case "pg_advisory_unlock" -> unlock(tag(arguments), LockMode.EXCLUSIVE);
      case "pg_advisory_unlock_shared" -> unlock(tag(arguments), LockMode.SHARE);
      default -> lock(function, tag(arguments));
    };
  }

  private PgArray blockingPids(List<@Nullable Object> arguments) {
    long[] pids =
        locks.blockingPids((int) number(arguments, 0)).stream().mapToLong(pid -> pid).toArray();
    return PgArrays.ofLongs(Types.INT4, pids);
  }

  private static long number(List<@Nullable Object> arguments, int i) {
    return arguments.get(i) instanceof Number number ? number.longValue() : 0;
  }

  private LockTag tag(List<@Nullable Object> arguments) {
    return arguments.size() == 1
        ? LockTag.advisory(database, number(arguments, 0))
        : LockTag.advisory(database, (int) number(arguments, 0), (int) number(arguments, 1));
  }

  private Object lock(String function, LockTag tag) {
    LockMode mode = function.endsWith("_shared") ? LockMode.SHARE : LockMode.EXCLUSIVE;
    boolean transaction = function.contains("_xact_");
    if (function.startsWith("pg_try_")) {
      return transaction ? locks.tryLock(owner, tag, mode) : locks.tryLockSession(owner, tag, mode);
    }
    if (transaction) {
      locks.lock(owner, tag, mode);
    } else {
      locks.lockSession(owner, tag, mode);
    }
    return Text.EMPTY;
  }

  private boolean unlock(LockTag tag, LockMode mode) {
    boolean held = locks.unlockSession(owner, tag, mode);
    if (!held) {
      notices.accept(
          new PgException(
              Severity.WARNING, SqlState.WARNING, "you don't own a lock of type " + mode.pgName()));
    }
    return held;
  }
}
