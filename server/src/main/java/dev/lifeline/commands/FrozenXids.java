package dev.lifeline.commands;

import dev.lifeline.access.transam.Transactions;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.storage.lmgr.LockMode;
import io.vertx.core.Future;

/// Which xids may still be asked for: `pg_database.datfrozenxid`, and what of the commit log that
/// lets go. It is what a VACUUM ends with, as PostgreSQL's `vac_update_datfrozenxid`.
///
/// Formally, each unfrozen xid in a table is at or above its `relfrozenxid`, each of those at or
/// above the `datfrozenxid` of its database, and each of those at or above the oldest xid of the
/// commit log. A value is raised only by what is committed: `datfrozenxid` in a transaction after
/// those that have frozen the tables, the commit log's after the commit of that one.
final class FrozenXids {
  private final CommandContext context;
  private final SessionContext session;
  private final BackendCatalog catalog;
  private final Transactions transactions;

  FrozenXids(CommandContext context) {
    this.context = context;
    this.session = context.session();
    this.catalog = context.catalog();
    this.transactions = catalog.catalogs().shared().transactions();
  }

  /// Brings both up to date, in transactions of their own.
  Future<Void> update() {
    return updateDatabase()
        .compose(ignored -> session.restartTransaction())
        .compose(ignored -> context.drive(this::advanceCommitLog))
        .compose(ignored -> session.restartTransaction());
  }

  private Future<Void> updateDatabase() {
    return context
        .drive(() -> {
          // One at a time: two of them would change the same row.
          catalog.lockObject(
              false,
              SystemOids.PG_DATABASE,
              catalog.databaseOid(),
              LockMode.SHARE_UPDATE_EXCLUSIVE);
          return oldestOfTables();
        })
        .compose(this::store);
  }

  /// A table that somebody is just creating can have no older xid than the oldest that runs.
  private long oldestOfTables() {
    long[] oldest = {transactions.oldestXmin()};
    catalog
        .reader()
        .scan(
            "pg_class",
            row -> {
              long frozen = row.bigint("relfrozenxid");
              if (frozen != 0) {
                oldest[0] = Math.min(oldest[0], frozen);
              }
              return false;
            });
    return oldest[0];
  }

  private Future<Void> store(long oldest) {
    Steps steps = new Steps();
    steps.add(() -> {
      CatalogRow row =
          catalog.reader().one("pg_database", "pg_database_oid_index", catalog.databaseOid());
      if (row != null && row.bigint("datfrozenxid") < oldest) {
        CatalogWriter writer = context.writer(steps);
        writer.update(row.copy().set("datfrozenxid", oldest));
        writer.endCommandWithNames(true);
      }
    });
    return context.finish(steps);
  }

  /// Not while a database is created: its row cannot be seen yet, and it has the xids of its
  /// template.
  private boolean advanceCommitLog() {
    if (!catalog.tryLockObject(true, SystemOids.PG_DATABASE, 0, LockMode.EXCLUSIVE)) {
      return false;
    }
    long[] oldest = {transactions.oldestXmin()};
    catalog
        .reader()
        .scan(
            "pg_database",
            row -> {
              oldest[0] = Math.min(oldest[0], row.bigint("datfrozenxid"));
              return false;
            });
    transactions.clog().advanceOldestXid(oldest[0]);
    return true;
  }
}
