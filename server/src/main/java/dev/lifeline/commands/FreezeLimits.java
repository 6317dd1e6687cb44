package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.RelOptions;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;

/// How old xids may be that a vacuum leaves in a table, as PostgreSQL's `vacuum_set_xid_limits`.
///
/// @param minAge older ones are taken out of the rows
/// @param aggressive whether all pages are looked at that may have some
/// @param wraparound whether the table's oldest xid is older than `autovacuum_freeze_max_age`, the
///   server's or its own
/// @param frozenXid the table's oldest xid so far, `relfrozenxid`
record FreezeLimits(long minAge, boolean aggressive, boolean wraparound, long frozenXid) {
  /// May throw [dev.lifeline.utils.NotYet].
  static FreezeLimits of(
      SessionContext session, BackendCatalog catalog, Relation relation, VacuumParams params) {
    CatalogRow row = catalog.reader().one("pg_class", "pg_class_oid_index", relation.oid());
    long frozenXid = row == null ? 0 : row.bigint("relfrozenxid");
    GucSession gucs = session.gucs();
    long maxAge = gucs.get(Gucs.AUTOVACUUM_FREEZE_MAX_AGE);
    long minAge = params.freeze() ? 0 : gucs.get(Gucs.VACUUM_FREEZE_MIN_AGE);
    long tableAge = params.freeze() ? 0 : gucs.get(Gucs.VACUUM_FREEZE_TABLE_AGE);
    long age = catalog.catalogs().shared().transactions().nextXid() - frozenXid;
    String own =
        row == null ? null : RelOptions.find(row.texts("reloptions"), "autovacuum_freeze_max_age");
    long dueAge = own == null ? maxAge : Math.min(maxAge, Long.parseLong(own));
    boolean old = age >= Math.min(tableAge, (long) (maxAge * 0.95));
    return new FreezeLimits(
        Math.min(minAge, maxAge / 2),
        old || params.disablePageSkipping(),
        frozenXid != 0 && age > dueAge,
        frozenXid);
  }
}
