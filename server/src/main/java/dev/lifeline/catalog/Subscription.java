package dev.lifeline.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A subscription, as `pg_subscription` has it.
///
/// @param skipLsn the end of the remote transaction that is to be skipped; 0 for none
/// @param stream whether transactions may come before they are committed there
/// @param slotName the slot at the publisher; null for none
/// @param synchronousCommit of what is applied
public record Subscription(
    int oid,
    int databaseOid,
    long skipLsn,
    String name,
    int owner,
    boolean enabled,
    boolean binary,
    boolean stream,
    boolean disableOnError,
    String connection,
    @Nullable String slotName,
    String synchronousCommit,
    List<String> publications) {
  /// Of `pg_subscription`, for locks and comments.
  public static final int CLASS_OID = 6100;

  public Subscription {
    publications = List.copyOf(publications);
  }

  static Subscription of(CatalogRow row) {
    return new Subscription(
        row.oid("oid"),
        row.oid("subdbid"),
        row.bigint("subskiplsn"),
        row.text("subname"),
        row.oid("subowner"),
        row.bool("subenabled"),
        row.bool("subbinary"),
        row.bool("substream"),
        row.bool("subdisableonerr"),
        row.text("subconninfo"),
        row.textOrNull("subslotname"),
        row.text("subsynccommit"),
        row.texts("subpublications"));
  }

  /// The origin that its transactions have.
  public String originName() {
    return "pg_" + Integer.toUnsignedString(oid);
  }

  /// The origin of a table that is being copied.
  public String originName(int relation) {
    return originName() + "_" + Integer.toUnsignedString(relation);
  }

  /// The slot of a table that is being copied.
  public String syncSlotName(int relation, long systemIdentifier) {
    return "pg_%s_sync_%s_%s"
        .formatted(
            Integer.toUnsignedString(oid),
            Integer.toUnsignedString(relation),
            Long.toUnsignedString(systemIdentifier));
  }

  /// Whether a slot is that of a copy of one of its tables.
  public boolean isSyncSlot(String name, long systemIdentifier) {
    return name.startsWith("pg_" + Integer.toUnsignedString(oid) + "_sync_")
        && name.endsWith("_" + Long.toUnsignedString(systemIdentifier));
  }
}
