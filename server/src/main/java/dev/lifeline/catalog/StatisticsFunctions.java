package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.activity.BlockCounters;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.activity.RelationCounters;
import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The functions `pg_stat_get_*`, by which clients read single counters, and `pg_stat_reset*`.
final class StatisticsFunctions {
  private static final double MICROS_PER_MS = 1000.0;

  private final BackendCatalog catalog;
  private final Counters counters;

  StatisticsFunctions(BackendCatalog catalog) {
    this.catalog = catalog;
    this.counters = catalog.catalogs().shared().counters();
  }

  static boolean has(String name) {
    return name.startsWith("pg_stat_");
  }

  /// Carries one out.
  ///
  /// @param arguments boxed; the functions are strict, so none is null
  /// @return the value in the form of its type
  @Nullable Object call(String name, List<@Nullable Object> arguments) {
    int oid = !arguments.isEmpty() && arguments.get(0) instanceof Number n ? n.intValue() : 0;
    if (name.startsWith("pg_stat_reset") || name.equals("pg_stat_statements_reset")) {
      return reset(name, arguments, oid);
    }
    if (name.startsWith("pg_stat_get_db_")) {
      return ofDatabase(name, oid);
    }
    Object shared = ofServer(name);
    return shared != null ? shared : ofRelation(name, oid);
  }

  private @Nullable Object ofRelation(String name, int oid) {
    RelationStatistics s = statistics(oid);
    return switch (name) {
      case "pg_stat_get_numscans" -> s.scans();
      case "pg_stat_get_tuples_returned" -> s.tuplesReturned();
      case "pg_stat_get_tuples_fetched" -> s.tuplesFetched();
      case "pg_stat_get_tuples_inserted" -> s.tuplesInserted();
      case "pg_stat_get_tuples_updated" -> s.tuplesUpdated();
      case "pg_stat_get_tuples_deleted" -> s.tuplesDeleted();
      case "pg_stat_get_tuples_hot_updated" -> s.tuplesHotUpdated();
      case "pg_stat_get_live_tuples" -> s.liveTuples();
      case "pg_stat_get_dead_tuples" -> s.deadTuples();
      case "pg_stat_get_mod_since_analyze" -> s.modifiedSinceAnalyze();
      case "pg_stat_get_ins_since_vacuum" -> s.insertedSinceVacuum();
      case "pg_stat_get_vacuum_count" -> s.vacuumCount();
      case "pg_stat_get_autovacuum_count" -> s.autovacuumCount();
      case "pg_stat_get_analyze_count" -> s.analyzeCount();
      case "pg_stat_get_autoanalyze_count" -> s.autoanalyzeCount();
      case "pg_stat_get_last_vacuum_time" -> time(s.lastVacuum());
      case "pg_stat_get_last_autovacuum_time" -> time(s.lastAutovacuum());
      case "pg_stat_get_last_analyze_time" -> time(s.lastAnalyze());
      case "pg_stat_get_last_autoanalyze_time" -> time(s.lastAutoanalyze());
      case "pg_stat_get_blocks_fetched" -> s.blocksFetched() + fetched(oid);
      case "pg_stat_get_blocks_hit" ->
          Math.max(0, s.blocksFetched() + fetched(oid) - s.blocksRead() - read(oid));
      default -> throw PgException.notSupported("function " + name);
    };
  }

  private RelationStatistics statistics(int oid) {
    RelationCounters found = counters.find(catalog.databaseOid(), oid);
    if (found == null) {
      found = counters.find(0, oid);
    }
    return found == null ? RelationStatistics.NONE : found.read();
  }

  private BlockCounters.@Nullable Entry blocks(int oid) {
    RelFileLocator file = file(oid);
    return file == null ? null : counters.blocks.find(file.dbOid(), file.relNumber());
  }

  private @Nullable RelFileLocator file(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation == null ? null : relation.locator();
  }

  private long fetched(int oid) {
    BlockCounters.Entry entry = blocks(oid);
    return entry == null ? 0 : entry.fetched();
  }

  private long read(int oid) {
    BlockCounters.Entry entry = blocks(oid);
    return entry == null ? 0 : entry.read();
  }

  private static @Nullable Long time(long micros) {
    return micros == 0 ? null : micros - EvalContext.EPOCH_SHIFT;
  }

  private @Nullable Object ofDatabase(String name, int oid) {
    DatabaseCounters d = counters.database(oid);
    return switch (name) {
      case "pg_stat_get_db_xact_commit" -> d.xactCommit.sum();
      case "pg_stat_get_db_xact_rollback" -> d.xactRollback.sum();
      case "pg_stat_get_db_blocks_fetched" -> counters.blocksFetched(oid);
      case "pg_stat_get_db_blocks_hit" ->
          Math.max(0, counters.blocksFetched(oid) - counters.blocksRead(oid));
      case "pg_stat_get_db_tuples_returned" -> d.tupReturned.sum();
      case "pg_stat_get_db_tuples_fetched" -> d.tupFetched.sum();
      case "pg_stat_get_db_tuples_inserted" -> d.tupInserted.sum();
      case "pg_stat_get_db_tuples_updated" -> d.tupUpdated.sum();
      case "pg_stat_get_db_tuples_deleted" -> d.tupDeleted.sum();
      case "pg_stat_get_db_temp_files" -> d.tempFiles.sum();
      case "pg_stat_get_db_temp_bytes" -> d.tempBytes.sum();
      case "pg_stat_get_db_deadlocks" -> d.deadlocks.sum();
      case "pg_stat_get_db_checksum_failures" -> d.checksumFailures.sum();
      case "pg_stat_get_db_checksum_last_failure" -> time(d.checksumLastFailureMicros());
      case "pg_stat_get_db_sessions" -> d.sessions.sum();
      case "pg_stat_get_db_sessions_abandoned" -> d.sessionsAbandoned.sum();
      case "pg_stat_get_db_sessions_fatal" -> d.sessionsFatal.sum();
      case "pg_stat_get_db_sessions_killed" -> d.sessionsKilled.sum();
      case "pg_stat_get_db_session_time" -> d.sessionTime.sum() / MICROS_PER_MS;
      case "pg_stat_get_db_active_time" -> d.activeTime.sum() / MICROS_PER_MS;
      case "pg_stat_get_db_idle_in_transaction_time" ->
          d.idleInTransactionTime.sum() / MICROS_PER_MS;
      case "pg_stat_get_db_stat_reset_time" -> time(d.resetMicros());
      case "pg_stat_get_db_conflict_all",
          "pg_stat_get_db_conflict_tablespace",
          "pg_stat_get_db_conflict_lock",
          "pg_stat_get_db_conflict_snapshot",
          "pg_stat_get_db_conflict_bufferpin",
          "pg_stat_get_db_conflict_startup_deadlock" ->
          0L;
      default -> throw PgException.notSupported("function " + name);
    };
  }

  /// A counter of the cluster; null where it is none.
  private @Nullable Object ofServer(String name) {
    return switch (name) {
      case "pg_stat_get_bgwriter_timed_checkpoints" -> counters.checkpointsTimed.sum();
      case "pg_stat_get_bgwriter_requested_checkpoints" -> counters.checkpointsReq.sum();
      case "pg_stat_get_bgwriter_buf_written_checkpoints" -> counters.buffersCheckpoint.sum();
      case "pg_stat_get_bgwriter_buf_written_clean" -> counters.buffersClean.sum();
      case "pg_stat_get_bgwriter_maxwritten_clean" -> counters.maxwrittenClean.sum();
      case "pg_stat_get_buf_written_backend" -> counters.buffersBackend.sum();
      case "pg_stat_get_buf_fsync_backend" -> counters.buffersBackendFsync.sum();
      case "pg_stat_get_buf_alloc" -> counters.buffersAlloc.sum();
      case "pg_stat_get_checkpoint_write_time" ->
          counters.checkpointWriteTime.sum() / MICROS_PER_MS;
      case "pg_stat_get_checkpoint_sync_time" -> counters.checkpointSyncTime.sum() / MICROS_PER_MS;
      case "pg_stat_get_bgwriter_stat_reset_time" ->
          time(counters.resetMicros(Counters.Shared.BGWRITER));
      default -> null;
    };
  }

  private Object reset(String name, List<@Nullable Object> arguments, int oid) {
    if (!catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for function %s", name);
    }
    long now = catalog.catalogs().shared().environment().clock().epochMicros();
    switch (name) {
      case "pg_stat_reset" -> counters.resetDatabase(catalog.databaseOid(), now);
      case "pg_stat_reset_shared" -> {
        if ("recovery_prefetch".equals(String.valueOf(arguments.get(0)))) {
          counters.recoveryPrefetch.reset(now);
        } else {
          counters.resetShared(kind(arguments.get(0)), now);
        }
      }
      case "pg_stat_reset_single_table_counters" -> {
        RelFileLocator file = file(oid);
        if (file != null) {
          counters.resetRelation(file.dbOid(), oid, file.relNumber(), now);
        }
      }
      case "pg_stat_statements_reset" -> resetStatements(arguments, now);
      case "pg_stat_reset_subscription_stats" -> counters.resetSubscriptions(oid, now);
      default -> throw PgException.notSupported("function " + name);
    }
    return Text.EMPTY;
  }

  private void resetStatements(List<@Nullable Object> arguments, long now) {
    int user = ((Number) Objects.requireNonNull(arguments.get(0))).intValue();
    int wanted = ((Number) Objects.requireNonNull(arguments.get(1))).intValue();
    long query = ((Number) Objects.requireNonNull(arguments.get(2))).longValue();
    for (CatalogRow database : catalog.reader().scan("pg_database", row -> true)) {
      int oid = database.oid("oid");
      if (wanted == 0 || wanted == oid) {
        counters.database(oid).statements.reset(user, query, now);
      }
    }
  }

  private static Counters.Shared kind(@Nullable Object target) {
    for (Counters.Shared kind : Counters.Shared.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(String.valueOf(target))) {
        return kind;
      }
    }
    throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "unrecognized reset target: \"%s\"", target)
        .hint("Target must be \"archiver\", \"bgwriter\", \"recovery_prefetch\", or \"wal\".");
  }
}
