package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.catalog.TempTables;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Makes the schema of a session's temporary relations, empties it, and drops it at the session's
/// end. Temporary relations are stored and logged as all others are: after a crash those of the
/// sessions that were are still there, until the next session of the database that makes such a
/// schema finds that nobody has their process number, and drops them.
public final class TempSchema {
  private final CommandContext context;
  private final BackendCatalog catalog;

  TempSchema(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  /// Whether a new relation of this name is to be temporary.
  static boolean isMeant(RangeVar name) {
    return name.relpersistence() == Persistence.TEMP || TempTables.ALIAS.equals(name.schemaname());
  }

  /// Sees to it that there is the schema, if the relation needs it.
  Future<Void> ensureFor(RangeVar name) {
    if (!isMeant(name)) {
      return Future.succeededFuture();
    }
    return context
        .perform(steps -> {
          if (catalog.tempTables().namespace() == 0) {
            checkPrivilege();
            make(steps);
          }
          return "";
        })
        .mapEmpty();
  }

  private void checkPrivilege() {
    Database database = catalog.database(catalog.databaseOid());
    if (database == null || catalog.rights().actsAs(database.owner())) {
      return;
    }
    String acl = database.acl();
    if (acl != null && !catalog.rights().granted(acl, Privilege.TEMPORARY)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied to create temporary tables in database \"%s\"",
          database.name());
    }
  }

  private void make(Steps steps) {
    CatalogWriter writer = context.writer(steps);
    TempTables temporary = catalog.tempTables();
    for (CatalogRow orphan : orphans()) {
      empty(writer, orphan.oid("oid"));
      writer.delete(orphan);
    }
    int oid = writer.newOid();
    writer.insert(
        writer
            .blank("pg_namespace")
            .oid("oid", oid)
            .set("nspname", temporary.schemaName())
            .oid("nspowner", SystemOids.BOOTSTRAP_SUPERUSER));
    steps.add(() -> temporary.namespace(oid));
    writer.endCommandWithNames(false);
  }

  /// The schemas of sessions that are no more; this one has none yet.
  private List<CatalogRow> orphans() {
    Set<Integer> alive = new HashSet<>();
    for (Proc proc : catalog.catalogs().shared().transactions().procs().procs()) {
      if (proc.pid() != context.session().pid()) {
        alive.add(proc.pid());
      }
    }
    List<CatalogRow> found = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan("pg_namespace", r -> r.text("nspname").startsWith(TempTables.PREFIX))) {
      String number = row.text("nspname").substring(TempTables.PREFIX.length());
      if (number.chars().allMatch(Character::isDigit)
          && number.length() < 10
          && !alive.contains(Integer.parseInt(number))) {
        found.add(row);
      }
    }
    return found;
  }

  /// Adds the steps that drop all that is in a schema.
  private void empty(CatalogWriter writer, int namespace) {
    List<CatalogRow> rows =
        catalog
            .reader()
            .scan(
                "pg_class",
                r ->
                    r.oid("relnamespace") == namespace
                        && r.letter("relkind") != RelKind.INDEX.code());
    for (CatalogRow row : rows) {
      Relation relation = catalog.reopen(row.oid("oid"), LockMode.ACCESS_EXCLUSIVE);
      if (relation != null) {
        new RelationWriter(writer).drop(relation);
        writer.endCommandWithNames(false);
      }
    }
  }

  /// DISCARD TEMP.
  void discard(Steps steps) {
    int namespace = catalog.tempTables().namespace();
    if (namespace != 0) {
      CatalogWriter writer = context.writer(steps);
      empty(writer, namespace);
      writer.endCommandWithNames(false);
    }
  }

  /// Adds the steps of ON COMMIT.
  private void onCommit(Steps steps) {
    TempTables temporary = catalog.tempTables();
    for (int oid : List.copyOf(temporary.droppedAtCommit())) {
      Relation table = catalog.reopen(oid, LockMode.ACCESS_EXCLUSIVE);
      if (table != null) {
        CatalogWriter writer = context.writer(steps);
        for (Relation sequence : new Dependents(catalog).ownedSequences(oid)) {
          new RelationWriter(writer).drop(sequence);
        }
        new RelationWriter(writer).drop(table);
        writer.endCommandWithNames(false);
      }
    }
    steps.add(() -> temporary.droppedAtCommit().clear());
    for (int oid : List.copyOf(temporary.emptiedAtCommit())) {
      Relation table = catalog.byOid(oid);
      if (table == null) {
        steps.add(() -> temporary.emptiedAtCommit().remove(oid));
      } else if (catalog.table(table).blocks() > 0) {
        Relation locked = catalog.reopen(oid, LockMode.ACCESS_EXCLUSIVE);
        if (locked != null) {
          CatalogWriter writer = context.writer(steps);
          new RelationWriter(writer).replaceFiles(locked);
          writer.endCommandWithNames(false);
        }
      }
    }
  }

  /// Before the commit of a session's transaction: what ON COMMIT asks for.
  public static Future<Void> beforeCommit(SessionContext session) {
    if (!(session.catalog() instanceof BackendCatalog catalog)
        || (catalog.tempTables().droppedAtCommit().isEmpty()
            && catalog.tempTables().emptiedAtCommit().isEmpty())) {
      return Future.succeededFuture();
    }
    return of(session, catalog)
        .context
        .perform(steps -> {
          of(session, catalog).onCommit(steps);
          return "";
        })
        .mapEmpty();
  }

  /// Whether there is something to be dropped at the session's end.
  public static boolean isLeftBy(SessionContext session) {
    return session.catalog() instanceof BackendCatalog catalog && catalog.tempTables().wereMade();
  }

  /// Drops the schema with all that is in it, in the session's last transaction.
  public static Future<Void> dropAtEnd(SessionContext session) {
    TempSchema schema = of(session, (BackendCatalog) session.catalog());
    return schema
        .context
        .perform(steps -> {
          int namespace = schema.catalog.tempTables().namespace();
          CatalogRow row =
              namespace == 0
                  ? null
                  : schema
                      .catalog
                      .reader()
                      .one("pg_namespace", "pg_namespace_oid_index", namespace);
          if (row != null) {
            CatalogWriter writer = schema.context.writer(steps);
            schema.empty(writer, namespace);
            writer.delete(row);
            writer.endCommandWithNames(false);
          }
          return "";
        })
        .mapEmpty();
  }

  private static TempSchema of(SessionContext session, BackendCatalog catalog) {
    return new TempSchema(
        new CommandContext(session, catalog, ServerHooks.NONE, "", (batch, from, to) -> null));
  }
}
