package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// The slots at the publisher that belong to the copies of a subscription's tables.
final class SyncSlots {
  private final PgConnection publisher;
  private final Subscription subscription;
  private final long systemIdentifier;

  SyncSlots(PgConnection publisher, Subscription subscription, long systemIdentifier) {
    this.publisher = publisher;
    this.subscription = subscription;
    this.systemIdentifier = systemIdentifier;
  }

  /// Drops those that no copy needs any more.
  Future<Void> dropForgotten(List<SubscriptionTable> tables) {
    Set<String> needed =
        tables.stream()
            .filter(table -> table.state() != State.SYNCDONE && table.state() != State.READY)
            .map(table -> subscription.syncSlotName(table.relation(), systemIdentifier))
            .collect(Collectors.toSet());
    return publisher
        .query("SELECT slot_name FROM pg_catalog.pg_replication_slots")
        .compose(result -> {
          Future<Void> dropped = Future.succeededFuture();
          for (var row : result.rows()) {
            String name = Objects.requireNonNull(row.getFirst());
            if (subscription.isSyncSlot(name, systemIdentifier) && !needed.contains(name)) {
              dropped = dropped.compose(done -> drop(name));
            }
          }
          return dropped;
        });
  }

  /// The worker of the copy may be about to do the same.
  private Future<Void> drop(String name) {
    return publisher
        .query("DROP_REPLICATION_SLOT \"" + name + "\"")
        .<Void>mapEmpty()
        .recover(error ->
            error instanceof PgException e
                    && (e.sqlState() == SqlState.UNDEFINED_OBJECT
                        || e.sqlState() == SqlState.OBJECT_IN_USE)
                ? Future.succeededFuture()
                : Future.failedFuture(error));
  }
}
