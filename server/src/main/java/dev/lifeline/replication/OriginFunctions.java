package dev.lifeline.replication;

import static dev.lifeline.replication.ReplicationFunctions.number;
import static dev.lifeline.replication.ReplicationFunctions.text;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `pg_replication_origin_...`: where replicated transactions come from, and how far they are.
final class OriginFunctions {
  private static final String PREFIX = "pg_replication_origin_";
  private static final String STATUS = "pg_show_replication_origin_status";

  private final Replication replication;
  private final SessionContext session;

  /// The origin that the session applies the transactions of; 0 for none.
  private int current;

  OriginFunctions(Replication replication, SessionContext session) {
    this.replication = replication;
    this.session = session;
  }

  static boolean has(String function) {
    return function.startsWith(PREFIX) || function.equals(STATUS);
  }

  @Nullable Object call(
      String function,
      List<@Nullable Object> arguments,
      Function<Supplier<Future<Object>>, Object> await) {
    if (!session.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for function %s", function);
    }
    if (function.equals(STATUS)) {
      return status();
    }
    return switch (function.substring(PREFIX.length())) {
      case "create" -> await.apply(() -> create(text(arguments, 0)));
      case "drop" -> await.apply(() -> drop(text(arguments, 0)));
      case "oid" -> {
        int id = find(text(arguments, 0));
        yield id == 0 ? null : (Object) Integer.toUnsignedLong(id);
      }
      case "session_setup" -> setup(require(text(arguments, 0)));
      case "session_reset" -> reset();
      case "session_is_setup" -> current != 0;
      case "session_progress" -> replication.origins().remoteLsn(required());
      case "xact_setup" -> xactSetup(number(arguments, 0), number(arguments, 1));
      case "xact_reset" -> Text.EMPTY;
      case "advance" -> {
        int id = require(text(arguments, 0));
        replication.origins().set(id, number(arguments, 1), replication.memory().wal().insertLsn());
        yield await.apply(() -> replication.origins().save().map(Text.EMPTY));
      }
      case "progress" -> replication.origins().remoteLsn(require(text(arguments, 0)));
      default -> throw PgException.notSupported("function " + function);
    };
  }

  private static BackendCatalog catalog(SessionContext session) {
    return (BackendCatalog) session.catalog();
  }

  private static @Nullable CatalogRow row(SessionContext session, String name) {
    return catalog(session)
        .reader()
        .one("pg_replication_origin", "pg_replication_origin_roname_index", name);
  }

  /// The name of an origin; null where it is gone.
  static @Nullable String name(SessionContext session, int id) {
    CatalogRow row =
        catalog(session)
            .reader()
            .one("pg_replication_origin", "pg_replication_origin_roiident_index", id);
    return row == null ? null : row.text("roname");
  }

  private int find(String name) {
    CatalogRow row = row(session, name);
    return row == null ? 0 : row.oid("roident");
  }

  private int require(String name) {
    int id = find(name);
    if (id == 0) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT, "replication origin \"%s\" does not exist", name);
    }
    return id;
  }

  private int required() {
    if (current == 0) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "no replication origin is configured");
    }
    return current;
  }

  private Future<Object> create(String name) {
    if (name.startsWith("pg_") && !name.matches("pg_[0-9]+(_.*)?")) {
      throw PgException.error(
              SqlState.RESERVED_NAME, "replication origin name \"%s\" is reserved", name)
          .detail("Origin names starting with \"pg_\" are reserved.");
    }
    Steps steps = new Steps();
    CatalogWriter writer = catalog(session).writer(steps);
    int[] id = new int[1];
    steps.add(() -> {
      Subscriptions origins = new Subscriptions(catalog(session).reader());
      if (origins.origin(name) != 0) {
        throw PgException.error(
            SqlState.UNIQUE_VIOLATION,
            "duplicate key value violates unique constraint"
                + " \"pg_replication_origin_roname_index\"");
      }
      id[0] = replication.origins().reserve(session.xact(), origins::hasOrigin);
      Subscriptions.addOrigin(writer, id[0], name);
    });
    writer.endCommandWithNames(true);
    return steps.toFuture().map(done -> (Object) (long) id[0]);
  }

  private Future<Object> drop(String name) {
    Steps steps = new Steps();
    CatalogWriter writer = catalog(session).writer(steps);
    steps.add(() -> {
      int id = require(name);
      ReplicationOrigins.Progress progress = replication.origins().find(id);
      if (progress != null && progress.pid() != 0) {
        throw PgException.error(
            SqlState.OBJECT_IN_USE,
            "could not drop replication origin with ID %d, in use by PID %d",
            id,
            progress.pid());
      }
      CatalogRow row = row(session, name);
      if (row != null) {
        writer.delete(row);
      }
      replication.origins().drop(id);
    });
    writer.endCommandWithNames(true);
    return steps.toFuture().map(done -> Text.EMPTY);
  }

  private Object setup(int id) {
    if (current != 0) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "cannot setup replication origin when one is already setup");
    }
    replication.origins().acquire(id, session.pid());
    current = id;
    return Text.EMPTY;
  }

  private Object reset() {
    int id = required();
    current = 0;
    replication.origins().release(id);
    return Text.EMPTY;
  }

  private Object xactSetup(long lsn, long timestamp) {
    session
        .xact()
        .setOrigin(new LogicalRecords.Origin(required(), lsn, timestamp + EvalContext.EPOCH_SHIFT));
    return Text.EMPTY;
  }

  private ServerRows status() {
    ServerRows rows = new ServerRows();
    for (ReplicationOrigins.Progress one : replication.origins().list()) {
      String name = name(session, one.id());
      rows.add(
          (long) one.id(),
          name == null ? null : Text.of(name),
          one.remoteLsn() == 0 ? null : one.remoteLsn(),
          one.localLsn() == 0 ? null : one.localLsn());
    }
    return rows;
  }

  void close() {
    if (current != 0) {
      reset();
    }
  }
}
