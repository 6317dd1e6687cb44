package dev.lifeline.commands;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.commands.SubscriptionOptions.Option;
import dev.lifeline.libpq.client.ConnectionString;
import dev.lifeline.parser.tree.AlterSubscriptionStmt;
import dev.lifeline.parser.tree.CreateSubscriptionStmt;
import dev.lifeline.parser.tree.DropSubscriptionStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE, ALTER and DROP SUBSCRIPTION: what is taken from which publisher.
///
/// What changes here is a transaction's; what changes at the publisher (its slot) is not, and comes
/// last, when nothing here can fail any more but the commit.
final class SubscriptionCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;
  private final SubscriptionHooks server;

  /// The connection of the running statement.
  private @Nullable Publisher publisher;

  SubscriptionCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
    this.server = context.server().subscriptions();
  }

  Future<String> run(CreateSubscriptionStmt statement) {
    return context.perform(steps -> prepare(statement, steps)).eventually(this::disconnect);
  }

  Future<String> run(AlterSubscriptionStmt statement) {
    return context
        .perform(steps -> new AlterSubscription(context, this).prepare(statement, steps))
        .eventually(this::disconnect);
  }

  Future<String> run(DropSubscriptionStmt statement) {
    return context.perform(steps -> prepare(statement, steps)).eventually(this::disconnect);
  }

  private Future<Void> disconnect() {
    Publisher connected = publisher;
    if (connected != null) {
      connected.close();
    }
    return Future.succeededFuture();
  }

  private Subscriptions subscriptions() {
    return new Subscriptions(catalog.reader());
  }

  // ---- CREATE

  private String prepare(CreateSubscriptionStmt statement, Steps steps) {
    SubscriptionOptions options =
        SubscriptionOptions.read(
            statement.options(), EnumSet.complementOf(EnumSet.of(Option.REFRESH, Option.LSN)));
    if (options.is(Option.CREATE_SLOT)) {
      context.preventInTransactionBlock("CREATE SUBSCRIPTION ... WITH (create_slot = true)");
    }
    if (!catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser to create subscriptions");
    }
    String name = statement.subname();
    if (subscriptions().row(name) != null) {
      throw exists(name);
    }
    String slot =
        !options.said(Option.SLOT_NAME) && options.slotName() == null ? name : options.slotName();
    ConnectionString to = ConnectionString.parse(statement.conninfo());
    checkDuplicates(statement.publication());
    CatalogWriter writer = context.writer(steps);
    int oid = writer.newOid();
    CatalogRow row =
        writer
            .blank("pg_subscription")
            .oid("oid", oid)
            .oid("subdbid", catalog.databaseOid())
            .set("subname", name)
            .oid("subowner", catalog.userOid())
            .set("subenabled", options.is(Option.ENABLED))
            .set("subbinary", options.is(Option.BINARY))
            .set("substream", options.is(Option.STREAMING))
            .set("subtwophasestate", 'd')
            .set("subdisableonerr", options.is(Option.DISABLE_ON_ERROR))
            .set("subconninfo", statement.conninfo())
            .set("subslotname", slot)
            .set("subsynccommit", options.synchronousCommit())
            .setTexts("subpublications", statement.publication());
    writer.insert(row);
    createOrigin(writer, "pg_" + Integer.toUnsignedString(oid));
    writer.endCommandWithNames(true);
    if (options.is(Option.CONNECT)) {
      connect(steps, to, name);
      subscribe(writer, oid, statement.publication(), options);
      if (options.is(Option.CREATE_SLOT) && slot != null) {
        steps.await(() -> connected().createSlot(slot));
        context.notice(
            steps,
            SqlState.SUCCESSFUL_COMPLETION,
            "created replication slot \"%s\" on publisher",
            slot);
      }
    } else {
      warn(
          steps,
          SqlState.WARNING,
          "tables were not subscribed, you will have to run ALTER SUBSCRIPTION ... REFRESH"
              + " PUBLICATION to subscribe the tables");
    }
    tellWorkers(steps);
    return "CREATE SUBSCRIPTION";
  }

  static PgException exists(String name) {
    return PgException.error(SqlState.DUPLICATE_OBJECT, "subscription \"%s\" already exists", name);
  }

  static void checkDuplicates(List<String> publications) {
    Set<String> seen = new HashSet<>();
    for (String name : publications) {
      if (!seen.add(name)) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT, "publication name \"%s\" used more than once", name);
      }
    }
  }

  void warn(Steps steps, SqlState state, String message) {
    PgException warning = new PgException(Severity.WARNING, state, message);
    steps.add(() -> context.session().notice(warning));
  }

  private void createOrigin(CatalogWriter writer, String name) {
    int[] id = new int[1];
    writer
        .steps()
        .add(() -> {
          id[0] = server.reserveOrigin(writer.xact(), subscriptions()::hasOrigin);
          Subscriptions.addOrigin(writer, id[0], name);
        })
        .await(() -> server.originCreated(id[0]));
  }

  // ---- the publisher

  /// Connects to the publisher; the steps after it have it as [#connected].
  void connect(Steps steps, ConnectionString to, String name) {
    steps.await(() ->
        server
            .connect(context.session(), to, name)
            .recover(error ->
                Future.failedFuture(
                    error instanceof PgException e && e.sqlState() == SqlState.FEATURE_NOT_SUPPORTED
                        ? error
                        : PgException.error(
                            SqlState.CONNECTION_FAILURE,
                            "could not connect to the publisher: %s",
                            String.valueOf(error.getMessage()))))
            .onSuccess(connection -> publisher = new Publisher(connection)));
  }

  Publisher connected() {
    Publisher found = publisher;
    if (found == null) {
      throw new IllegalStateException("not connected to a publisher");
    }
    return found;
  }

  /// Warns of publications that are not there.
  void checkPublications(Steps steps, List<String> publications) {
    steps.await(() ->
        connected()
            .missing(publications)
            .onSuccess(missing -> {
              if (!missing.isEmpty()) {
                boolean one = missing.size() == 1;
                context
                    .session()
                    .notice(
                        new PgException(
                            Severity.WARNING,
                            SqlState.UNDEFINED_OBJECT,
                            "publication%s %s do%s not exist on the publisher"
                                .formatted(
                                    one ? "" : "s", Publisher.quoted(missing), one ? "es" : "")));
              }
            }));
  }

  private void subscribe(
      CatalogWriter writer, int oid, List<String> publications, SubscriptionOptions options) {
    Steps steps = writer.steps();
    checkPublications(steps, publications);
    tables(
        steps,
        publications,
        tables -> {
          State state = options.is(Option.COPY_DATA) ? State.INIT : State.READY;
          for (Publisher.Table table : tables) {
            Relation relation = target(table);
            Subscriptions.addTable(writer, new SubscriptionTable(oid, relation.oid(), state, 0));
          }
          writer.endCommand();
        });
  }

  /// What is done with the tables of a publisher.
  interface TablesTaker {
    void take(List<Publisher.Table> tables);
  }

  /// Asks for the tables, and then does something with them in a step of its own.
  void tables(Steps steps, List<String> publications, TablesTaker taker) {
    List<List<Publisher.Table>> found = new ArrayList<>(1);
    steps
        .await(() -> connected().tables(publications).onSuccess(found::add))
        .add(() -> taker.take(found.getFirst()));
  }

  /// The table here that a published one goes to.
  Relation target(Publisher.Table table) {
    Relation relation = catalog.open(table.schema(), table.name(), -1, LockMode.ACCESS_SHARE);
    if (relation.kind() != RelKind.TABLE || relation.isVirtual()) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "cannot use relation \"%s.%s\" as logical replication target",
              table.schema(),
              table.name())
          .detail("This operation is not supported for %ss.", relation.kind().noun());
    }
    return relation;
  }

  // ---- who else must know

  /// When the transaction has been committed, the workers look at what has changed.
  void tellWorkers(Steps steps) {
    steps.add(() ->
        context
            .session()
            .xact()
            .addListener(
                new XactListener() {
                  @Override
                  public void ended(Xact xact, boolean committed) {
                    if (committed) {
                      server.changed();
                    }
                  }
                }));
  }

  void dropOrigin(CatalogWriter writer, String name) {
    writer
        .steps()
        .add(() -> {
          int id = subscriptions().origin(name);
          if (id == 0) {
            return;
          }
          int user = server.originUser(id);
          if (user != 0) {
            throw PgException.error(
                SqlState.OBJECT_IN_USE,
                "could not drop replication origin with ID %d, in use by PID %d",
                id,
                user);
          }
          subscriptions().removeOrigin(writer, id);
          server.originDropped(id);
        });
  }

  // ---- DROP

  CatalogRow owned(String name) {
    CatalogRow row = subscriptions().row(name);
    if (row == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT, "subscription \"%s\" does not exist", name);
    }
    catalog.rights().checkOwner(row.oid("subowner"), "subscription", name);
    return row;
  }

  private String prepare(DropSubscriptionStmt statement, Steps steps) {
    String name = statement.subname();
    if (subscriptions().row(name) == null && statement.missingOk()) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "subscription \"%s\" does not exist, skipping",
          name);
      return "DROP SUBSCRIPTION";
    }
    CatalogRow row = owned(name);
    lock(row.oid("oid"));
    Subscription dropped = Subscriptions.of(row);
    if (dropped.slotName() != null) {
      context.preventInTransactionBlock("DROP SUBSCRIPTION");
    }
    List<SubscriptionTable> tables = subscriptions().tables(dropped.oid());
    CatalogWriter writer = context.writer(steps);
    writer.delete(row);
    steps.await(() -> server.stopWorkers(dropped.oid(), 0));
    new Comments(writer).set(Subscription.CLASS_OID, dropped.oid(), 0, null);
    subscriptions().removeTables(writer, dropped.oid(), 0);
    tables.forEach(table -> dropOrigin(writer, dropped.originName(table.relation())));
    dropOrigin(writer, dropped.originName());
    writer.endCommandWithNames(true);
    dropSlots(steps, dropped, tables);
    tellWorkers(steps);
    return "DROP SUBSCRIPTION";
  }

  /// Nobody starts a worker of it, or changes it, before the transaction has ended.
  void lock(int subscription) {
    catalog.lockObject(true, Subscription.CLASS_OID, subscription, LockMode.ACCESS_EXCLUSIVE);
  }

  private void dropSlots(Steps steps, Subscription dropped, List<SubscriptionTable> tables) {
    String slot = dropped.slotName();
    boolean copies =
        tables.stream()
            .anyMatch(table -> table.state() != State.READY && table.state() != State.SYNCDONE);
    if (slot == null && !copies) {
      return;
    }
    boolean[] reached = new boolean[1];
    steps.await(() ->
        server
            .connect(
                context.session(), ConnectionString.parse(dropped.connection()), dropped.name())
            .onSuccess(connection -> {
              publisher = new Publisher(connection);
              reached[0] = true;
            })
            .mapEmpty()
            .recover(error ->
                slot == null
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        PgException.error(
                                SqlState.CONNECTION_FAILURE,
                                "could not connect to publisher when attempting to drop replication"
                                    + " slot \"%s\": %s",
                                slot,
                                String.valueOf(error.getMessage()))
                            .hint(
                                "Use %s to disable the subscription, and then use %s to"
                                    + " disassociate it from the slot.",
                                "ALTER SUBSCRIPTION ... DISABLE",
                                "ALTER SUBSCRIPTION ... SET (slot_name = NONE)"))));
    steps.await(() ->
        reached[0]
            ? connected().dropSyncSlots(dropped, server.systemIdentifier())
            : Future.succeededFuture());
    if (slot != null) {
      steps.await(() -> connected().dropSlot(slot, false));
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "dropped replication slot \"%s\" on publisher",
          slot);
    }
  }

  // ---- RENAME, OWNER

  void rename(String name, String newName, Steps steps) {
    CatalogRow row = owned(name);
    if (subscriptions().row(newName) != null) {
      throw exists(newName);
    }
    lock(row.oid("oid"));
    CatalogWriter writer = context.writer(steps);
    writer.update(row.copy().set("subname", newName));
    writer.endCommandWithNames(true);
    tellWorkers(steps);
  }

  void changeOwner(String name, Role owner, Steps steps) {
    CatalogRow row = owned(name);
    if (!owner.superuser()) {
      throw PgException.error(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied to change owner of subscription \"%s\"",
              name)
          .hint("The owner of a subscription must be a superuser.");
    }
    lock(row.oid("oid"));
    CatalogWriter writer = context.writer(steps);
    writer.update(row.copy().oid("subowner", owner.oid()));
    writer.endCommandWithNames(true);
    tellWorkers(steps);
  }
}
