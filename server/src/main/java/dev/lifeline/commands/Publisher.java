package dev.lifeline.commands;

import dev.lifeline.catalog.Subscription;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.utils.adt.QuoteLiteral;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// The server that a subscription takes its changes from, as the commands ask it.
final class Publisher {
  private static final int VERSION_OPTIONS = 150_000;

  private final PgConnection connection;

  Publisher(PgConnection connection) {
    this.connection = connection;
  }

  /// A table of a publication.
  record Table(String schema, String name) {}

  private static String literals(List<String> names) {
    return names.stream().map(QuoteLiteral::quote).collect(Collectors.joining(", "));
  }

  /// Those of the publications that are not there.
  Future<List<String>> missing(List<String> publications) {
    return connection
        .query(
            "SELECT t.pubname FROM pg_catalog.pg_publication t WHERE t.pubname IN ("
                + literals(publications)
                + ")")
        .recover(error ->
            Future.failedFuture(
                failed("could not receive list of publications from the publisher", error)))
        .map(result -> {
          List<String> missing = new ArrayList<>(publications);
          result.rows().forEach(row -> missing.remove(row.getFirst()));
          return missing;
        });
  }

  /// The tables of the publications.
  Future<List<Table>> tables(List<String> publications) {
    boolean columnLists = connection.serverVersion() >= VERSION_OPTIONS;
    return connection
        .query(
            "SELECT DISTINCT t.schemaname, t.tablename"
                + (columnLists ? ", t.attnames" : "")
                + " FROM pg_catalog.pg_publication_tables t WHERE t.pubname IN ("
                + literals(publications)
                + ")")
        .recover(error ->
            Future.failedFuture(
                failed("could not receive list of replicated tables from the publisher", error)))
        .map(result -> {
          Set<Table> tables = new LinkedHashSet<>();
          for (var row : result.rows()) {
            Table table =
                new Table(Objects.requireNonNull(row.get(0)), Objects.requireNonNull(row.get(1)));
            if (!tables.add(table)) {
              throw PgException.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "cannot use different column lists for table \"%s.%s\" in different"
                      + " publications",
                  table.schema(),
                  table.name());
            }
          }
          List<Table> sorted = new ArrayList<>(tables);
          sorted.sort(Comparator.comparing(Table::schema).thenComparing(Table::name));
          return sorted;
        });
  }

  private static PgException failed(String what, Throwable error) {
    return PgException.error(
        SqlState.CONNECTION_FAILURE, "%s: %s", what, String.valueOf(error.getMessage()));
  }

  /// Makes a slot that changes are kept for from now on.
  Future<Void> createSlot(String name) {
    String options =
        connection.serverVersion() >= VERSION_OPTIONS
            ? "(SNAPSHOT 'nothing')"
            : "NOEXPORT_SNAPSHOT";
    return connection
        .query("CREATE_REPLICATION_SLOT " + quote(name) + " LOGICAL pgoutput " + options)
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.PROTOCOL_VIOLATION,
                    "could not create replication slot \"%s\": %s",
                    name,
                    remote(error))))
        .mapEmpty();
  }

  /// As libpq tells a server's error.
  static String remote(Throwable error) {
    return error instanceof PgException e && e.sqlState() != SqlState.CONNECTION_FAILURE
        ? e.severity() + ":  " + e.message()
        : String.valueOf(error.getMessage());
  }

  private static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /// Drops a slot.
  ///
  /// @param missingOk whether it may be gone already
  /// @return whether it was there
  Future<Boolean> dropSlot(String name, boolean missingOk) {
    return connection
        .query("DROP_REPLICATION_SLOT " + quote(name) + " WAIT")
        .map(true)
        .recover(error -> {
          if (missingOk
              && error instanceof PgException e
              && e.sqlState() == SqlState.UNDEFINED_OBJECT) {
            return Future.succeededFuture(false);
          }
          return Future.failedFuture(
              PgException.error(
                  SqlState.CONNECTION_FAILURE,
                  "could not drop replication slot \"%s\" on publisher: %s",
                  name,
                  remote(error)));
        });
  }

  /// Drops the slots of all copies of a subscription's tables. Also those of copies that are done:
  /// a worker that was killed then has left one behind.
  Future<Void> dropSyncSlots(Subscription subscription, long systemIdentifier) {
    return connection
        .query("SELECT slot_name FROM pg_catalog.pg_replication_slots")
        .recover(error ->
            Future.failedFuture(
                failed("could not receive list of replication slots from the publisher", error)))
        .compose(result -> {
          Future<Void> dropped = Future.succeededFuture();
          for (var row : result.rows()) {
            String name = Objects.requireNonNull(row.getFirst());
            if (subscription.isSyncSlot(name, systemIdentifier)) {
              dropped = dropped.compose(done -> dropSlot(name, true)).mapEmpty();
            }
          }
          return dropped;
        });
  }

  void close() {
    connection.close();
  }

  /// A name in a list, as the warning about missing publications has it.
  static String quoted(List<String> names) {
    return names.stream().map(Publisher::quote).collect(Collectors.joining(", "));
  }
}
