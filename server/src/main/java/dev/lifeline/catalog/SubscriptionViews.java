package dev.lifeline.catalog;

import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.SubscriptionCounters;
import dev.lifeline.utils.activity.SubscriptionWorkerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// `pg_stat_subscription` and `pg_stat_subscription_stats`.
final class SubscriptionViews {
  private SubscriptionViews() {}

  static void register(VirtualTables tables) {
    tables.register(
        "pg_stat_subscription", new BuiltTable("pg_stat_subscription", SubscriptionViews::workers));
    tables.register(
        "pg_stat_subscription_stats",
        new BuiltTable("pg_stat_subscription_stats", SubscriptionViews::counters));
  }

  private static Counters shared(BackendCatalog session) {
    return session.catalogs().shared().counters();
  }

  /// A row for each worker, and one for each subscription that has none.
  private static List<Consumer<VirtualRow>> workers(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Subscription subscription : new Subscriptions(session.reader()).all()) {
      List<SubscriptionWorkerStatus> of =
          shared(session).subscriptionWorkers.all().stream()
              .filter(worker -> worker.subscriptionOid() == subscription.oid())
              .toList();
      if (of.isEmpty()) {
        rows.add(row -> named(row, subscription));
      }
      for (SubscriptionWorkerStatus worker : of) {
        rows.add(row -> worker(named(row, subscription), worker));
      }
    }
    return rows;
  }

  private static VirtualRow named(VirtualRow row, Subscription subscription) {
    return row.oid("subid", subscription.oid()).set("subname", subscription.name());
  }

  private static void worker(VirtualRow row, SubscriptionWorkerStatus worker) {
    row.set("pid", worker.pid());
    if (worker.relationOid() != 0) {
      row.oid("relid", worker.relationOid());
    }
    lsn(row, "received_lsn", worker.receivedLsn());
    lsn(row, "latest_end_lsn", worker.latestEndLsn());
    RelationStatisticsViews.time(row, "last_msg_send_time", worker.lastMsgSendMicros());
    RelationStatisticsViews.time(row, "last_msg_receipt_time", worker.lastMsgReceiptMicros());
    RelationStatisticsViews.time(row, "latest_end_time", worker.latestEndMicros());
  }

  private static void lsn(VirtualRow row, String column, long lsn) {
    if (lsn != 0) {
      row.set(column, lsn);
    }
  }

  private static List<Consumer<VirtualRow>> counters(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (Subscription subscription : new Subscriptions(session.reader()).all()) {
      SubscriptionCounters counters = shared(session).subscription(subscription.oid());
      rows.add(row -> {
        named(row, subscription)
            .set("apply_error_count", counters.applyErrors.sum())
            .set("sync_error_count", counters.syncErrors.sum());
        RelationStatisticsViews.time(row, "stats_reset", counters.resetMicros());
      });
    }
    return rows;
  }
}
