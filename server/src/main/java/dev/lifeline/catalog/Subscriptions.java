package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads and writes `pg_subscription`, which all databases share, `pg_subscription_rel` of this
/// one, and `pg_replication_origin`.
public final class Subscriptions {
  private static final String CATALOG = "pg_subscription";
  private static final String TABLES = "pg_subscription_rel";
  private static final String TABLES_INDEX = "pg_subscription_rel_srrelid_srsubid_index";
  private static final String ORIGINS = "pg_replication_origin";

  private final CatalogReader reader;

  public Subscriptions(CatalogReader reader) {
    this.reader = reader;
  }

  /// The row of a subscription of this database; null where there is none.
  public @Nullable CatalogRow row(String name) {
    return reader.one(CATALOG, "pg_subscription_subname_index", reader.databaseOid(), name);
  }

  public @Nullable CatalogRow row(int oid) {
    return reader.one(CATALOG, "pg_subscription_oid_index", oid);
  }

  public static Subscription of(CatalogRow row) {
    return Subscription.of(row);
  }

  public @Nullable Subscription byOid(int oid) {
    CatalogRow row = row(oid);
    return row == null ? null : Subscription.of(row);
  }

  /// Those of all databases.
  public List<Subscription> all() {
    List<Subscription> found = new ArrayList<>();
    reader.scan(CATALOG, row -> true).forEach(row -> found.add(Subscription.of(row)));
    found.sort(Comparator.comparing(Subscription::oid, Integer::compareUnsigned));
    return found;
  }

  // ---- its tables

  /// How far the tables of a subscription are.
  public List<SubscriptionTable> tables(int subscription) {
    List<SubscriptionTable> found = new ArrayList<>();
    for (CatalogRow row : reader.scan(TABLES, each -> each.oid("srsubid") == subscription)) {
      found.add(SubscriptionTable.of(row));
    }
    found.sort(Comparator.comparing(SubscriptionTable::relation, Integer::compareUnsigned));
    return found;
  }

  public @Nullable SubscriptionTable table(int subscription, int relation) {
    CatalogRow row = reader.one(TABLES, TABLES_INDEX, relation, subscription);
    return row == null ? null : SubscriptionTable.of(row);
  }

  public static void addTable(CatalogWriter writer, SubscriptionTable table) {
    CatalogRow row =
        writer.blank(TABLES).oid("srsubid", table.subscription()).oid("srrelid", table.relation());
    state(row, table.state(), table.lsn());
    writer.insert(row);
  }

  private static void state(CatalogRow row, SubscriptionTable.State state, long lsn) {
    row.set("srsubstate", state.code());
    if (lsn == 0) {
      row.setNull("srsublsn");
    } else {
      row.set("srsublsn", lsn);
    }
  }

  /// Says how far a table is, which must be one of the subscription.
  public void setTable(CatalogWriter writer, SubscriptionTable table) {
    CatalogRow row =
        Objects.requireNonNull(
                reader.one(TABLES, TABLES_INDEX, table.relation(), table.subscription()))
            .copy();
    state(row, table.state(), table.lsn());
    writer.update(row);
  }

  /// Forgets tables of a subscription.
  ///
  /// @param relation 0 for all
  public void removeTables(CatalogWriter writer, int subscription, int relation) {
    reader
        .scan(
            TABLES,
            row ->
                row.oid("srsubid") == subscription
                    && (relation == 0 || row.oid("srrelid") == relation))
        .forEach(writer::delete);
  }

  // ---- origins

  /// The id of an origin; 0 where there is none of that name.
  public int origin(String name) {
    CatalogRow row = reader.one(ORIGINS, "pg_replication_origin_roname_index", name);
    return row == null ? 0 : row.oid("roident");
  }

  public boolean hasOrigin(int id) {
    return reader.one(ORIGINS, "pg_replication_origin_roiident_index", id) != null;
  }

  public static void addOrigin(CatalogWriter writer, int id, String name) {
    writer.insert(writer.blank(ORIGINS).oid("roident", id).set("roname", name));
  }

  public void removeOrigin(CatalogWriter writer, int id) {
    CatalogRow row = reader.one(ORIGINS, "pg_replication_origin_roiident_index", id);
    if (row != null) {
      writer.delete(row);
    }
  }
}
