package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.commands.SubscriptionOptions.Option;
import dev.lifeline.events.Lsn;
import dev.lifeline.libpq.client.ConnectionString;
import dev.lifeline.parser.tree.AlterSubscriptionStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// ALTER SUBSCRIPTION.
final class AlterSubscription {
  private static final String TAG = "ALTER SUBSCRIPTION";

  private final CommandContext context;
  private final BackendCatalog catalog;
  private final SubscriptionCommands commands;

  /// @param commands what all statements about subscriptions share
  AlterSubscription(CommandContext context, SubscriptionCommands commands) {
    this.context = context;
    this.catalog = context.catalog();
    this.commands = commands;
  }

  String prepare(AlterSubscriptionStmt statement, Steps steps) {
    CatalogRow row = commands.owned(statement.subname());
    commands.lock(row.oid("oid"));
    Subscription before = Subscriptions.of(row);
    CatalogRow changed = row.copy();
    CatalogWriter writer = context.writer(steps);
    boolean update =
        switch (statement.kind()) {
          case OPTIONS -> options(statement, before, changed);
          case ENABLED -> enabled(statement, before, changed);
          case CONNECTION -> connection(statement, changed);
          case SKIP -> skip(statement, before, changed);
          case SET_PUBLICATION, ADD_PUBLICATION, DROP_PUBLICATION ->
              publications(statement, before, changed, writer);
          case REFRESH -> refresh(statement, before, writer);
        };
    if (update) {
      writer.update(changed);
    }
    writer.endCommandWithNames(true);
    commands.tellWorkers(steps);
    return TAG;
  }

  private boolean options(AlterSubscriptionStmt statement, Subscription before, CatalogRow row) {
    SubscriptionOptions options =
        SubscriptionOptions.read(
            statement.options(),
            EnumSet.of(
                Option.SLOT_NAME,
                Option.SYNCHRONOUS_COMMIT,
                Option.BINARY,
                Option.STREAMING,
                Option.DISABLE_ON_ERROR));
    if (options.said(Option.SLOT_NAME)) {
      if (before.enabled() && options.slotName() == null) {
        throw PgException.error(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "cannot set %s for enabled subscription",
            "slot_name = NONE");
      }
      row.set("subslotname", options.slotName());
    }
    if (options.said(Option.SYNCHRONOUS_COMMIT)) {
      row.set("subsynccommit", options.synchronousCommit());
    }
    if (options.said(Option.BINARY)) {
      row.set("subbinary", options.is(Option.BINARY));
    }
    if (options.said(Option.STREAMING)) {
      row.set("substream", options.is(Option.STREAMING));
    }
    if (options.said(Option.DISABLE_ON_ERROR)) {
      row.set("subdisableonerr", options.is(Option.DISABLE_ON_ERROR));
    }
    return true;
  }

  private static boolean enabled(
      AlterSubscriptionStmt statement, Subscription before, CatalogRow row) {
    SubscriptionOptions options =
        SubscriptionOptions.read(statement.options(), EnumSet.of(Option.ENABLED));
    if (before.slotName() == null && options.is(Option.ENABLED)) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "cannot enable subscription that does not have a slot name");
    }
    row.set("subenabled", options.is(Option.ENABLED));
    return true;
  }

  private static boolean connection(AlterSubscriptionStmt statement, CatalogRow row) {
    String text = Objects.requireNonNull(statement.conninfo());
    ConnectionString.parse(text);
    row.set("subconninfo", text);
    return true;
  }

  private boolean skip(AlterSubscriptionStmt statement, Subscription before, CatalogRow row) {
    SubscriptionOptions options =
        SubscriptionOptions.read(statement.options(), EnumSet.of(Option.LSN));
    if (!catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser to skip transaction");
    }
    if (options.lsn() != Lsn.INVALID) {
      int origin = new Subscriptions(catalog.reader()).origin(before.originName());
      long applied = context.server().subscriptions().originProgress(origin);
      if (applied != Lsn.INVALID && Long.compareUnsigned(options.lsn(), applied) < 0) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "skip WAL location (LSN %s) must be greater than origin LSN %s",
            Lsn.format(options.lsn()),
            Lsn.format(applied));
      }
    }
    row.set("subskiplsn", options.lsn());
    return true;
  }

  // ---- publications

  private boolean publications(
      AlterSubscriptionStmt statement, Subscription before, CatalogRow row, CatalogWriter writer) {
    SubscriptionOptions options =
        SubscriptionOptions.read(statement.options(), EnumSet.of(Option.COPY_DATA, Option.REFRESH));
    SubscriptionCommands.checkDuplicates(statement.publication());
    AlterSubscriptionStmt.Kind kind = statement.kind();
    List<String> after =
        kind == AlterSubscriptionStmt.Kind.SET_PUBLICATION
            ? statement.publication()
            : merge(statement, before);
    row.setTexts("subpublications", after);
    if (!options.is(Option.REFRESH)) {
      return true;
    }
    if (!before.enabled()) {
      PgException refused =
          PgException.error(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "ALTER SUBSCRIPTION with refresh is not allowed for disabled subscriptions");
      throw switch (kind) {
        case SET_PUBLICATION ->
            refused.hint("Use ALTER SUBSCRIPTION ... SET PUBLICATION ... WITH (refresh = false).");
        case ADD_PUBLICATION ->
            refused.hint(
                "Use ALTER SUBSCRIPTION ... ADD PUBLICATION ... WITH (refresh = false) instead.");
        default ->
            refused.hint(
                "Use ALTER SUBSCRIPTION ... DROP PUBLICATION ... WITH (refresh = false) instead.");
      };
    }
    context.preventInTransactionBlock("ALTER SUBSCRIPTION with refresh");
    // Where publications are dropped, those that are left are known to be good.
    boolean check = kind != AlterSubscriptionStmt.Kind.DROP_PUBLICATION;
    List<String> checked =
        !check
            ? List.of()
            : kind == AlterSubscriptionStmt.Kind.SET_PUBLICATION ? after : statement.publication();
    writer.update(row);
    refreshTables(writer, before, after, checked, options.is(Option.COPY_DATA));
    return false;
  }

  private static List<String> merge(AlterSubscriptionStmt statement, Subscription before) {
    List<String> merged = new ArrayList<>(before.publications());
    boolean add = statement.kind() == AlterSubscriptionStmt.Kind.ADD_PUBLICATION;
    for (String name : statement.publication()) {
      boolean there = merged.contains(name);
      if (add && there) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT,
            "publication \"%s\" is already in subscription \"%s\"",
            name,
            before.name());
      }
      if (!add && !there) {
        throw PgException.error(
            SqlState.INVALID_OBJECT_DEFINITION,
            "publication \"%s\" is not in subscription \"%s\"",
            name,
            before.name());
      }
      if (add) {
        merged.add(name);
      } else {
        merged.remove(name);
      }
    }
    if (merged.isEmpty()) {
      throw PgException.error(
          SqlState.INVALID_OBJECT_DEFINITION,
          "cannot drop all the publications from a subscription");
    }
    return merged;
  }

  private boolean refresh(
      AlterSubscriptionStmt statement, Subscription before, CatalogWriter writer) {
    if (!before.enabled()) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "ALTER SUBSCRIPTION ... REFRESH is not allowed for disabled subscriptions");
    }
    SubscriptionOptions options =
        SubscriptionOptions.read(statement.options(), EnumSet.of(Option.COPY_DATA));
    context.preventInTransactionBlock("ALTER SUBSCRIPTION ... REFRESH");
    refreshTables(writer, before, before.publications(), List.of(), options.is(Option.COPY_DATA));
    return false;
  }

  /// Makes the tables of the subscription those that the publisher has now.
  ///
  /// @param checked publications that are warned of where they are not there
  private void refreshTables(
      CatalogWriter writer,
      Subscription before,
      List<String> publications,
      List<String> checked,
      boolean copyData) {
    Steps steps = writer.steps();
    commands.connect(steps, ConnectionString.parse(before.connection()), before.name());
    if (!checked.isEmpty()) {
      commands.checkPublications(steps, checked);
    }
    commands.tables(
        steps,
        publications,
        tables -> replace(writer, before, tables, copyData ? State.INIT : State.READY));
  }

  private void replace(
      CatalogWriter writer, Subscription before, List<Publisher.Table> tables, State state) {
    Set<Integer> wanted = new HashSet<>();
    List<SubscriptionTable> there = new Subscriptions(catalog.reader()).tables(before.oid());
    for (Publisher.Table table : tables) {
      Relation relation = commands.target(table);
      wanted.add(relation.oid());
      if (there.stream().noneMatch(each -> each.relation() == relation.oid())) {
        Subscriptions.addTable(
            writer, new SubscriptionTable(before.oid(), relation.oid(), state, 0));
      }
    }
    for (SubscriptionTable table : there) {
      if (!wanted.contains(table.relation())) {
        remove(writer, before, table);
      }
    }
    writer.endCommand();
  }

  /// A table that is published no more: the worker that copies it goes, and what that has at the
  /// publisher.
  private void remove(CatalogWriter writer, Subscription before, SubscriptionTable table) {
    SubscriptionHooks server = context.server().subscriptions();
    int relation = table.relation();
    new Subscriptions(catalog.reader()).removeTables(writer, before.oid(), relation);
    writer.steps().await(() -> server.stopWorkers(before.oid(), relation));
    commands.dropOrigin(writer, before.originName(relation));
    if (table.state() != State.READY && table.state() != State.SYNCDONE) {
      String slot = before.syncSlotName(relation, server.systemIdentifier());
      writer.steps().await(() -> commands.connected().dropSlot(slot, true));
    }
  }
}
