package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.CreateSchemaStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// CREATE SCHEMA.
final class SchemaCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  SchemaCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CreateSchemaStmt statement, Steps steps) {
    if (!statement.schemaElts().isEmpty()) {
      throw PgException.notSupported("CREATE SCHEMA with schema elements");
    }
    Roles roles = new Roles(context);
    Role owner =
        statement.authrole() == null ? roles.current() : roles.required(statement.authrole());
    String name = statement.schemaname() == null ? owner.name() : statement.schemaname();
    checkCreatePrivilege();
    if (!catalog.superuser() && !catalog.rights().isMember(catalog.userOid(), owner.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
    }
    if (name.startsWith("pg_")) {
      throw PgException.error(SqlState.RESERVED_NAME, "unacceptable schema name \"%s\"", name)
          .detail("The prefix \"pg_\" is reserved for system schemas.");
    }
    if (catalog.namespaceOid(name) != 0) {
      if (!statement.ifNotExists()) {
        throw duplicate(name);
      }
      context.notice(
          steps, SqlState.DUPLICATE_SCHEMA, "schema \"%s\" already exists, skipping", name);
      return "CREATE SCHEMA";
    }
    CatalogWriter writer = context.writer(steps);
    writer.insert(
        writer
            .blank("pg_namespace")
            .oid("oid", writer.newOid())
            .set("nspname", name)
            .oid("nspowner", owner.oid()));
    writer.endCommandWithNames(false);
    return "CREATE SCHEMA";
  }

  static PgException duplicate(String name) {
    return PgException.error(SqlState.DUPLICATE_SCHEMA, "schema \"%s\" already exists", name);
  }

  /// The role must be allowed to make things in the database itself.
  void checkCreatePrivilege() {
    Database database = catalog.database(catalog.databaseOid());
    if (database == null || catalog.rights().actsAs(database.owner())) {
      return;
    }
    String acl = database.acl();
    if (acl == null || !catalog.rights().granted(acl, Privilege.CREATE)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for database %s", database.name());
    }
  }
}
