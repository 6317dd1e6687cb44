package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a command works with: the session, its catalogs, the text of the query.
///
/// @param queryText the text that locations count in
/// @param destination where rows go, for the commands that return some
record CommandContext(
    SessionContext session,
    BackendCatalog catalog,
    ServerHooks server,
    String queryText,
    DestReceiver destination) {

  /// Carries out a command in two parts. The first looks things up, locks and checks, and adds the
  /// changes as steps; it changes nothing itself, and is called again from its beginning whenever
  /// it had to wait. The second does the steps.
  ///
  /// @param prepare returns the command tag
  Future<String> perform(Function<Steps, String> prepare) {
    return drive(
            () -> {
              Steps steps = new Steps();
              return new Prepared(steps, prepare.apply(steps));
            })
        .compose(prepared -> finish(prepared.steps).map(ignored -> prepared.tag));
  }

  private record Prepared(Steps steps, String tag) {}

  /// Does all steps, but ends with the error of a cancel request or a timeout between two of them.
  Future<Void> finish(Steps steps) {
    return drive(
            () -> {
              steps.run();
              return Boolean.TRUE;
            })
        .mapEmpty();
  }

  /// Calls an operation of the storage until it has happened, see [NotYet].
  <T> Future<T> drive(Supplier<T> operation) {
    return Retry.call(() -> {
      session.checkForInterrupts();
      try {
        return operation.get();
      } catch (PgException e) {
        throw UserTypes.withNames(e, session.evalContext().catalog());
      } catch (NotYet notYet) {
        throw new NotYet(session.interruptible(notYet.until()));
      }
    });
  }

  CatalogWriter writer(Steps steps) {
    return catalog.writer(steps);
  }

  /// Tells the client something when the steps before have happened, and so exactly once.
  void notice(Steps steps, SqlState state, String format, Object... args) {
    PgException notice = new PgException(Severity.NOTICE, state, text(format, args));
    steps.add(() -> session.notice(notice));
  }

  private static String text(String format, Object[] args) {
    return String.format(Locale.ROOT, format, args);
  }

  /// The schema in which a relation of this name is to be created; the role must be allowed to.
  int creationNamespace(RangeVar name) {
    checkDatabase(name);
    int namespace =
        name.schemaname() == null ? catalog.creationNamespace() : namespace(name.schemaname());
    checkCreation(namespace, name.relname());
    return namespace;
  }

  /// Where a relation of this name is to be created; the role must be allowed to.
  Placement placement(RangeVar name) {
    if (name.relpersistence() == Persistence.UNLOGGED) {
      throw PgException.notSupported("an unlogged table");
    }
    int temporary = catalog.tempTables().namespace();
    if (name.relpersistence() == Persistence.TEMP) {
      checkDatabase(name);
      String schema = name.schemaname();
      if (schema != null && catalog.namespaceOid(schema) != temporary) {
        throw PgException.error(
                SqlState.INVALID_TABLE_DEFINITION,
                "cannot create temporary relation in non-temporary schema")
            .at(name.location());
      }
      return new Placement(temporary, 't');
    }
    int namespace = creationNamespace(name);
    return new Placement(namespace, namespace == temporary ? 't' : 'p');
  }

  void checkCreation(int namespace, String relation) {
    String schema = catalog.namespaceName(namespace);
    if ("pg_catalog".equals(schema) || "information_schema".equals(schema)) {
      throw PgException.error(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied to create \"%s.%s\"",
              schema,
              relation)
          .detail("System catalog modifications are currently disallowed.");
    }
    checkCreatePrivilege(namespace);
  }

  /// Refuses with 42501 who may not create in that schema, nor give a new name to what is there.
  void checkCreatePrivilege(int namespace) {
    if (namespace != catalog.tempTables().namespace()) {
      catalog.rights().checkNamespace(namespace, Privilege.CREATE);
    }
  }

  /// A schema that must be there.
  int namespace(String schema) {
    int oid = catalog.namespaceOid(schema);
    if (oid == 0) {
      throw PgException.error(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
    }
    return oid;
  }

  /// A name with a database in front must be about this one.
  void checkDatabase(RangeVar name) {
    String database = name.catalogname();
    if (database != null && !database.equals(session.databaseName())) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cross-database references are not implemented: \"%s.%s.%s\"",
              database,
              name.schemaname(),
              name.relname())
          .at(name.location());
    }
  }

  /// Refuses to change a table whose foreign keys have not been checked yet in this transaction:
  /// they know its rows by their places.
  ///
  /// @param command as `ALTER TABLE`
  void refusePending(Relation relation, String command) {
    AfterTriggers triggers = AfterTriggers.existing(session.xact());
    if (triggers != null && triggers.hasPending(relation.oid())) {
      throw PgException.error(
          SqlState.OBJECT_IN_USE,
          "cannot %s \"%s\" because it has pending trigger events",
          command,
          relation.name());
    }
  }

  /// Refuses inside of a transaction block with 25001.
  void preventInTransactionBlock(String command) {
    if (session.inTransactionBlock()) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION, "%s cannot run inside a transaction block", command);
    }
  }
}
