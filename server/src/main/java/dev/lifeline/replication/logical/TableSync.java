package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.events.Lsn;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.replication.Replication;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.QuoteLiteral;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The first copy of one table: a slot of its own marks the point in the publisher's WAL that the
/// copy's snapshot belongs to. What is committed here is the copy and that point together; a copy
/// that did not come so far is begun anew with another slot.
final class TableSync {
  private static final int VERSION_15 = 150_000;

  private final WorkerEnvironment env;
  private final ApplySession session;
  private final PgConnection connection;
  private final Subscription subscription;
  private final int relation;

  TableSync(
      WorkerEnvironment env,
      ApplySession session,
      PgConnection connection,
      Subscription subscription,
      int relation) {
    this.env = env;
    this.session = session;
    this.connection = connection;
    this.subscription = subscription;
    this.relation = relation;
  }

  private Replication replication() {
    return env.replication();
  }

  String slotName() {
    return subscription.syncSlotName(relation, replication().systemIdentifier());
  }

  /// Copies the rows.
  ///
  /// @param found how far it was before
  /// @return the point from which on changes are missing
  Future<Long> copy(SubscriptionTable found) {
    Future<Void> begun = found.state() == State.DATASYNC ? dropSlot() : Future.succeededFuture();
    return begun
        .compose(done -> {
          // Durable before there is a slot: a copy that is begun anew must know of it.
          session.synchronousCommit("local");
          return state(State.DATASYNC, 0);
        })
        .compose(done -> session.commit(null))
        .onSuccess(done -> session.synchronousCommit(subscription.synchronousCommit()))
        .compose(done -> remote("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ"))
        .compose(done -> createSlot())
        .compose(start ->
            createOrigin(start)
                .compose(done -> copyRows())
                .compose(done -> remote("COMMIT"))
                .compose(done -> state(State.FINISHEDCOPY, start))
                .compose(done -> session.commit(null))
                .map(start));
  }

  private Future<PgConnection.Result> remote(String sql) {
    return connection
        .query(sql)
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.CONNECTION_FAILURE,
                    "table copy could not run \"%s\" on publisher: %s",
                    sql,
                    RemoteStream.remote(error))));
  }

  /// Says how far the table is, in the open transaction.
  Future<Void> state(State state, long lsn) {
    session.begin();
    return session.change(writer ->
        new Subscriptions(writer.catalog().reader())
            .setTable(writer, new SubscriptionTable(subscription.oid(), relation, state, lsn)));
  }

  private Future<Long> createSlot() {
    String options = connection.serverVersion() >= VERSION_15 ? "(SNAPSHOT 'use')" : "USE_SNAPSHOT";
    return connection
        .query("CREATE_REPLICATION_SLOT \"" + slotName() + "\" LOGICAL pgoutput " + options)
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.PROTOCOL_VIOLATION,
                    "could not create replication slot \"%s\": %s",
                    slotName(),
                    RemoteStream.remote(error))))
        .map(result -> Lsn.parse(Objects.requireNonNull(result.rows().getFirst().get(1))));
  }

  /// Drops the slot, if it is there.
  Future<Void> dropSlot() {
    return connection
        .query("DROP_REPLICATION_SLOT \"" + slotName() + "\" WAIT")
        .<Void>mapEmpty()
        .recover(error ->
            error instanceof PgException e && e.sqlState() == SqlState.UNDEFINED_OBJECT
                ? Future.succeededFuture()
                : Future.failedFuture(
                    PgException.error(
                        SqlState.CONNECTION_FAILURE,
                        "could not drop replication slot \"%s\" on publisher: %s",
                        slotName(),
                        RemoteStream.remote(error))));
  }

  /// The origin of what is applied after the copy, in the transaction of the copy.
  private Future<Void> createOrigin(long startLsn) {
    String name = subscription.originName(relation);
    int[] id = new int[1];
    session.begin();
    return session
        .change(writer -> {
          Subscriptions subscriptions = new Subscriptions(writer.catalog().reader());
          if (subscriptions.origin(name) != 0) {
            throw PgException.error(
                SqlState.DUPLICATE_OBJECT, "replication origin \"%s\" already exists", name);
          }
          id[0] = replication().origins().reserve(writer.xact(), subscriptions::hasOrigin);
          Subscriptions.addOrigin(writer, id[0], name);
          writer.endCommandWithNames(true);
        })
        .compose(done -> replication().resetOrigin(id[0], startLsn));
  }

  private Future<Void> copyRows() {
    return session
        .look(catalog -> catalog.byOid(relation))
        .compose(local -> {
          if (local == null) {
            return Future.failedFuture(gone());
          }
          return columns(local)
              .compose(
                  columns -> filters(local).compose(filters -> copyRows(local, columns, filters)));
        });
  }

  private PgException gone() {
    return PgException.error(
        SqlState.UNDEFINED_TABLE,
        "relation with OID %s does not exist",
        Integer.toUnsignedString(relation));
  }

  private static String name(Relation table) {
    return QuoteIdent.quote(table.namespace()) + "." + QuoteIdent.quote(table.name());
  }

  private Future<Void> copyRows(Relation local, List<String> columns, List<String> filters) {
    TableMapping.of(
        new RemoteTable(
            0,
            local.namespace(),
            local.name(),
            'd',
            columns.stream().map(column -> new RemoteTable.Column(column, false)).toList()),
        local);
    String names =
        columns.stream().map(QuoteIdent::quote).collect(Collectors.joining(", ", "(", ")"));
    String source =
        filters.isEmpty()
            ? "COPY " + name(local) + " " + names + " TO STDOUT"
            : "COPY (SELECT "
                + names.substring(1, names.length() - 1)
                + " FROM "
                + name(local)
                + " WHERE "
                + filters.stream().map(f -> "(" + f + ")").collect(Collectors.joining(" OR "))
                + ") TO STDOUT";
    return connection
        .copyOut(source)
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.CONNECTION_FAILURE,
                    "could not start initial contents copy for table \"%s.%s\": %s",
                    local.namespace(),
                    local.name(),
                    RemoteStream.remote(error))))
        .compose(started ->
            session.copyIn(
                "COPY " + name(local) + " " + names + " FROM STDIN", connection::copyData));
  }

  private String publications() {
    return subscription.publications().stream()
        .map(QuoteLiteral::quote)
        .collect(Collectors.joining(", "));
  }

  /// The columns that are published, in the publisher's order.
  private Future<List<String>> columns(Relation local) {
    boolean lists = connection.serverVersion() >= VERSION_15;
    String sql =
        "SELECT a.attname FROM pg_catalog.pg_attribute a"
            + " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = "
            + QuoteLiteral.quote(local.namespace())
            + " AND c.relname = "
            + QuoteLiteral.quote(local.name())
            + " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum";
    return remote(sql)
        .compose(all ->
            lists
                ? remote(
                        "SELECT DISTINCT unnest(t.attnames) FROM pg_catalog.pg_publication_tables t"
                            + where(local))
                    .map(published -> {
                      List<String> names = first(published);
                      return first(all).stream().filter(names::contains).toList();
                    })
                : Future.succeededFuture(first(all)))
        .map(names -> {
          if (names.isEmpty()) {
            throw PgException.error(
                SqlState.UNDEFINED_OBJECT,
                "table \"%s.%s\" not found on publisher",
                local.namespace(),
                local.name());
          }
          return names;
        });
  }

  private String where(Relation local) {
    return " WHERE t.schemaname = "
        + QuoteLiteral.quote(local.namespace())
        + " AND t.tablename = "
        + QuoteLiteral.quote(local.name())
        + " AND t.pubname IN ("
        + publications()
        + ")";
  }

  private static List<String> first(PgConnection.Result result) {
    List<String> values = new ArrayList<>();
    for (List<@Nullable String> row : result.rows()) {
      values.add(Objects.requireNonNull(row.getFirst()));
    }
    return values;
  }

  /// The row filters of the publications; none where one of them publishes all rows.
  private Future<List<String>> filters(Relation local) {
    if (connection.serverVersion() < VERSION_15) {
      return Future.succeededFuture(List.of());
    }
    return remote(
            "SELECT DISTINCT t.rowfilter FROM pg_catalog.pg_publication_tables t" + where(local))
        .map(result -> {
          boolean all = result.rows().stream().anyMatch(row -> row.getFirst() == null);
          return all ? List.of() : first(result);
        });
  }
}
