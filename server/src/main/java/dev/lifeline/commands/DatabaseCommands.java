package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.DatabaseWriter;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.AlterDatabaseStmt;
import dev.lifeline.parser.tree.CreatedbStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropdbStmt;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE, ALTER and DROP DATABASE.
final class DatabaseCommands {
  /// How often, and how far apart, a database is looked at until its last session has gone: one
  /// that has just been told to end needs a moment.
  private static final int TRIES = 50;

  private static final long TRY_NANOS = 100_000_000L;

  private static final int DEFAULT_TABLESPACE = 1663;

  private final CommandContext context;
  private final BackendCatalog catalog;

  DatabaseCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  static PgException undefined(String name) {
    return PgException.error(SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", name);
  }

  /// What CREATE DATABASE is told.
  private static final class Options {
    @Nullable String template;
    @Nullable String owner;
    boolean allowConnections = true;
    boolean isTemplate;
    int connectionLimit = -1;

    /// The oldest xid that the files of the template may have.
    long frozenXid;
  }

  private static Options read(CreatedbStmt statement) {
    Options options = new Options();
    Set<String> seen = new HashSet<>();
    for (DefElem option : statement.options()) {
      String name = option.defname().toLowerCase(Locale.ROOT);
      if (!seen.add(name)) {
        throw DefElems.conflicting(option);
      }
      boolean isDefault = option.arg() == null;
      switch (name) {
        case "template" -> options.template = isDefault ? null : DefElems.string(option);
        case "owner" -> options.owner = isDefault ? null : DefElems.string(option);
        case "allow_connections" -> options.allowConnections = DefElems.bool(option);
        case "is_template" -> options.isTemplate = DefElems.bool(option);
        case "connection_limit" -> options.connectionLimit = connectionLimit(option);
        case "encoding" -> checkEncoding(option);
        case "tablespace" ->
            CreateTable.refuseTablespace(isDefault ? null : DefElems.string(option));
        case "lc_collate", "lc_ctype", "locale" -> checkLocale(option);
        case "strategy" -> checkStrategy(option);
        case "locale_provider", "icu_locale", "collation_version", "oid", "location" ->
            throw PgException.notSupported("CREATE DATABASE ... " + name.toUpperCase(Locale.ROOT))
                .at(option.location());
        default -> throw DefElems.notRecognized(option);
      }
    }
    return options;
  }

  private static int connectionLimit(DefElem option) {
    int limit = DefElems.integer(option);
    if (limit < -1) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "invalid connection limit: %d", limit)
          .at(option.location());
    }
    return limit;
  }

  private static void checkEncoding(DefElem option) {
    if (option.arg() == null) {
      return;
    }
    String name = DefElems.string(option).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    if (!Set.of("UTF8", "UNICODE", "6").contains(name)) {
      throw PgException.notSupported("encoding \"" + DefElems.string(option) + "\"")
          .at(option.location());
    }
  }

  private static void checkLocale(DefElem option) {
    String name = option.arg() == null ? "C" : DefElems.string(option);
    if (!Set.of("C", "POSIX", "C.UTF-8", "C.utf8").contains(name)) {
      throw PgException.notSupported("locale \"" + name + "\"").at(option.location());
    }
  }

  private static void checkStrategy(DefElem option) {
    String name = DefElems.string(option).toLowerCase(Locale.ROOT);
    if (!Set.of("wal_log", "file_copy").contains(name)) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "invalid create database strategy \"%s\"", name)
          .hint("Valid strategies are \"wal_log\", and \"file_copy\".");
    }
  }

  Future<String> create(CreatedbStmt statement) {
    Options options = read(statement);
    int[] created = new int[1];
    return context
        .drive(() -> checkCreate(statement.dbname(), options))
        .compose(template ->
            alone(template.oid())
                .compose(others -> {
                  if (others > 0) {
                    throw beingAccessed(
                        "source database \"%s\" is being accessed by other users",
                        template.name(), others);
                  }
                  return copy(statement.dbname(), options, template, created);
                }))
        .map(ignored -> "CREATE DATABASE")
        .recover(failure ->
            created[0] == 0
                ? Future.failedFuture(failure)
                : dropAfterRollback(created[0], failure));
  }

  private Database checkCreate(String name, Options options) {
    context.preventInTransactionBlock("CREATE DATABASE");
    Role me = new Roles(context).current();
    if (!me.superuser() && !me.createDb()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to create database");
    }
    Role owner = owner(options);
    if (!me.superuser() && !catalog.rights().isMember(me.oid(), owner.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
    }
    if (catalog.database(name) != null) {
      throw duplicate(name);
    }
    String templateName = options.template == null ? "template1" : options.template;
    Database template = catalog.database(templateName);
    if (template == null) {
      throw PgException.error(
          SqlState.INVALID_CATALOG_NAME, "template database \"%s\" does not exist", templateName);
    }
    if (!template.template() && !catalog.rights().actsAs(template.owner())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied to copy database \"%s\"",
          templateName);
    }
    catalog.lockObject(true, SystemOids.PG_DATABASE, template.oid(), LockMode.SHARE);
    // The copy has the template's xids: the commit log must not lose them meanwhile.
    catalog.lockObject(true, SystemOids.PG_DATABASE, 0, LockMode.ROW_EXCLUSIVE);
    options.frozenXid = row(template).bigint("datfrozenxid");
    return template;
  }

  private Role owner(Options options) {
    if (options.owner == null) {
      return new Roles(context).current();
    }
    Role owner = catalog.role(options.owner);
    if (owner == null) {
      throw Roles.undefined(options.owner);
    }
    return owner;
  }

  private static PgException duplicate(String name) {
    return PgException.error(SqlState.DUPLICATE_DATABASE, "database \"%s\" already exists", name);
  }

  private static PgException beingAccessed(String message, String name, int others) {
    return PgException.error(SqlState.OBJECT_IN_USE, message, name)
        .detail(
            others == 1
                ? "There is 1 other session using the database."
                : "There are " + others + " other sessions using the database.");
  }

  /// How many other sessions are in the database, after they were given time to end.
  private Future<Integer> alone(int databaseOid) {
    return alone(databaseOid, TRIES);
  }

  private Future<Integer> alone(int databaseOid, int tries) {
    int others = context.server().otherBackends(databaseOid, context.session().pid());
    if (others == 0 || tries == 0) {
      return Future.succeededFuture(others);
    }
    Promise<Void> pause = Promise.promise();
    context.session().timers().schedule(TRY_NANOS, pause::complete);
    return context
        .session()
        .interruptible(pause.future())
        .compose(ignored -> alone(databaseOid, tries - 1));
  }

  private Future<Void> copy(String name, Options options, Database template, int[] created) {
    Steps steps = new Steps();
    CatalogWriter writer = context.writer(steps);
    int oid = writer.newOid();
    created[0] = oid;
    writer.insert(
        writer
            .blank("pg_database")
            .oid("oid", oid)
            .set("datname", name)
            .oid("datdba", owner(options).oid())
            .set("encoding", 6L)
            .set("datlocprovider", 'c')
            .set("datistemplate", options.isTemplate)
            .set("datallowconn", options.allowConnections)
            .set("datconnlimit", (long) options.connectionLimit)
            .set("datfrozenxid", options.frozenXid)
            .set("datminmxid", 1L)
            .oid("dattablespace", DEFAULT_TABLESPACE)
            .set("datcollate", "C")
            .set("datctype", "C"));
    new DatabaseWriter(writer).copyFiles(template.oid(), oid);
    writer.endCommandWithNames(true);
    return context.finish(steps);
  }

  /// The files go with the rollback, which comes after this; the directory would stay until the
  /// next start if nobody removed it.
  private Future<String> dropAfterRollback(int databaseOid, Throwable failure) {
    context
        .session()
        .xact()
        .addListener((xact, committed) -> {
          var _ = catalog.catalogs().forget(databaseOid);
        });
    return Future.failedFuture(failure);
  }

  Future<String> drop(DropdbStmt statement) {
    boolean force = false;
    for (DefElem option : statement.options()) {
      if (!option.defname().equals("force")) {
        throw PgException.error(
                SqlState.SYNTAX_ERROR, "unrecognized DROP DATABASE option \"%s\"", option.defname())
            .at(option.location());
      }
      force = true;
    }
    boolean terminate = force;
    return context
        .drive(() -> Optional.ofNullable(checkDrop(statement)))
        .compose(database ->
            database.isPresent() ? drop(database.get(), terminate) : Future.succeededFuture())
        .map(ignored -> "DROP DATABASE");
  }

  private @Nullable Database checkDrop(DropdbStmt statement) {
    context.preventInTransactionBlock("DROP DATABASE");
    Database database = catalog.database(statement.dbname());
    if (database == null) {
      if (!statement.missingOk()) {
        throw undefined(statement.dbname());
      }
      context
          .session()
          .notice(
              new PgException(
                  Severity.NOTICE,
                  SqlState.SUCCESSFUL_COMPLETION,
                  "database \"" + statement.dbname() + "\" does not exist, skipping"));
      return null;
    }
    catalog.lockObject(true, SystemOids.PG_DATABASE, database.oid(), LockMode.ACCESS_EXCLUSIVE);
    catalog.rights().checkOwner(database.owner(), "database", database.name());
    if (database.template()) {
      throw PgException.error(SqlState.WRONG_OBJECT_TYPE, "cannot drop a template database");
    }
    if (database.oid() == catalog.databaseOid()) {
      throw PgException.error(SqlState.OBJECT_IN_USE, "cannot drop the currently open database");
    }
    int active = context.server().activeSlots(database.oid());
    if (active > 0) {
      throw PgException.error(
              SqlState.OBJECT_IN_USE,
              "database \"%s\" is used by an active logical replication slot",
              database.name())
          .detail(active == 1 ? "There is %d active slot." : "There are %d active slots.", active);
    }
    return database;
  }

  private Future<Void> drop(Database database, boolean terminate) {
    if (terminate) {
      context.server().terminateBackends(database.oid(), context.session().pid());
    }
    return alone(database.oid())
        .compose(others -> {
          if (others > 0) {
            throw beingAccessed(
                "database \"%s\" is being accessed by other users", database.name(), others);
          }
          Steps steps = new Steps();
          CatalogWriter writer = context.writer(steps);
          steps.add(() -> writer.delete(row(database)));
          new DatabaseWriter(writer).dropFiles(database.oid());
          new Comments(writer).setShared(SystemOids.PG_DATABASE, database.oid(), null);
          steps.add(() ->
              catalog
                  .reader()
                  .scan("pg_db_role_setting", r -> r.oid("setdatabase") == database.oid())
                  .forEach(writer::delete));
          writer.endCommandWithNames(true);
          return context.finish(steps);
        })
        .compose(ignored -> context.server().dropSlots(database.oid()))
        .onSuccess(ignored -> removeDirectoryAtCommit(database.oid()));
  }

  private void removeDirectoryAtCommit(int databaseOid) {
    context
        .session()
        .xact()
        .addListener((xact, committed) -> {
          if (committed) {
            var _ = catalog.catalogs().forget(databaseOid);
          }
        });
  }

  private CatalogRow row(Database database) {
    return Objects.requireNonNull(
        catalog.reader().one("pg_database", "pg_database_oid_index", database.oid()));
  }

  private Database owned(String name) {
    Database database = catalog.database(name);
    if (database == null) {
      throw undefined(name);
    }
    catalog.rights().checkOwner(database.owner(), "database", name);
    return database;
  }

  String prepare(AlterDatabaseStmt statement, Steps steps) {
    Database database = owned(statement.dbname());
    CatalogRow row = row(database).copy();
    for (DefElem option : statement.options()) {
      switch (option.defname()) {
        case "is_template" -> row.set("datistemplate", DefElems.bool(option));
        case "allow_connections" -> {
          boolean allow = DefElems.bool(option);
          if (!allow && database.oid() == catalog.databaseOid()) {
            throw PgException.error(
                SqlState.INVALID_PARAMETER_VALUE,
                "cannot disallow connections for current database");
          }
          row.set("datallowconn", allow);
        }
        case "connection_limit" -> row.set("datconnlimit", (long) connectionLimit(option));
        case "tablespace" -> CreateTable.refuseTablespace(DefElems.string(option));
        default -> throw DefElems.notRecognized(option);
      }
    }
    CatalogWriter writer = context.writer(steps);
    writer.update(row);
    writer.endCommandWithNames(true);
    return "ALTER DATABASE";
  }

  void rename(RenameStmt statement, Steps steps) {
    Database database = owned(String.valueOf(statement.subname()));
    Role me = new Roles(context).current();
    if (!me.superuser() && !me.createDb()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to rename database");
    }
    if (catalog.database(statement.newname()) != null) {
      throw duplicate(statement.newname());
    }
    if (database.oid() == catalog.databaseOid()) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "current database cannot be renamed");
    }
    catalog.lockObject(true, SystemOids.PG_DATABASE, database.oid(), LockMode.ACCESS_EXCLUSIVE);
    int others = context.server().otherBackends(database.oid(), context.session().pid());
    if (others > 0) {
      throw beingAccessed(
          "database \"%s\" is being accessed by other users", database.name(), others);
    }
    CatalogWriter writer = context.writer(steps);
    writer.update(row(database).copy().set("datname", statement.newname()));
    writer.endCommandWithNames(true);
  }

  void changeOwner(String name, Role owner, Steps steps) {
    Database database = owned(name);
    if (!catalog.superuser() && !catalog.rights().isMember(catalog.userOid(), owner.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
    }
    CatalogWriter writer = context.writer(steps);
    writer.update(row(database).copy().oid("datdba", owner.oid()));
    writer.endCommandWithNames(true);
  }
}
