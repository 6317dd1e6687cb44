package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.AlterDatabaseSetStmt;
import dev.lifeline.parser.tree.AlterRoleSetStmt;
import dev.lifeline.parser.tree.VariableSetStmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.Gucs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// ALTER ROLE ... SET and ALTER DATABASE ... SET: settings with which sessions begin.
final class RoleSettings {
  private final CommandContext context;
  private final BackendCatalog catalog;

  RoleSettings(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(AlterRoleSetStmt statement, Steps steps) {
    Role me = new Roles(context).current();
    int roleOid = 0;
    if (statement.role() != null) {
      Role role = new Roles(context).required(statement.role());
      roleOid = role.oid();
      boolean allowed =
          me.superuser() || role.oid() == me.oid() || (me.createRole() && !role.superuser());
      if (!allowed) {
        throw PgException.error(
            SqlState.INSUFFICIENT_PRIVILEGE,
            role.superuser() ? "must be superuser to alter superusers" : "permission denied");
      }
    } else if (!me.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser to alter settings globally");
    }
    int databaseOid = statement.database() == null ? 0 : database(statement.database()).oid();
    change(context.writer(steps), databaseOid, roleOid, statement.setstmt());
    return "ALTER ROLE";
  }

  String prepare(AlterDatabaseSetStmt statement, Steps steps) {
    Database database = database(statement.dbname());
    catalog.rights().checkOwner(database.owner(), "database", database.name());
    change(context.writer(steps), database.oid(), 0, statement.setstmt());
    return "ALTER DATABASE";
  }

  private Database database(String name) {
    Database database = catalog.database(name);
    if (database == null) {
      throw DatabaseCommands.undefined(name);
    }
    return database;
  }

  private void change(CatalogWriter writer, int databaseOid, int roleOid, VariableSetStmt set) {
    CatalogRow row = row(databaseOid, roleOid);
    List<String> settings = new ArrayList<>(row == null ? List.of() : row.texts("setconfig"));
    if (set.kind() == VariableSetStmt.Kind.RESET_ALL) {
      settings.clear();
    } else {
      put(settings, set);
    }
    if (row != null && settings.isEmpty()) {
      writer.delete(row);
    } else if (row != null) {
      writer.update(row.copy().setTexts("setconfig", settings));
    } else if (!settings.isEmpty()) {
      writer.insert(
          writer
              .blank("pg_db_role_setting")
              .oid("setdatabase", databaseOid)
              .oid("setrole", roleOid)
              .setTexts("setconfig", settings));
    }
    writer.endCommandWithNames(true);
  }

  /// Replaces the setting of the same name where it stands.
  private void put(List<String> settings, VariableSetStmt set) {
    String given = String.valueOf(set.name());
    Guc<?> guc = Gucs.find(given);
    String prefix = (guc == null ? given.toLowerCase(Locale.ROOT) : guc.name()) + "=";
    int at = 0;
    while (at < settings.size()
        && !settings.get(at).regionMatches(true, 0, prefix, 0, prefix.length())) {
      at++;
    }
    String value = new VariableCommands(context).value(set);
    if (value != null) {
      context.session().gucs().check(given, value);
      if (at == settings.size()) {
        settings.add(prefix + value);
      } else {
        settings.set(at, prefix + value);
      }
    } else if (at < settings.size()) {
      settings.remove(at);
    }
  }

  private @Nullable CatalogRow row(int databaseOid, int roleOid) {
    List<CatalogRow> rows =
        catalog
            .reader()
            .scan(
                "pg_db_role_setting",
                r -> r.oid("setdatabase") == databaseOid && r.oid("setrole") == roleOid);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  /// The role is dropped.
  void removeAll(CatalogWriter writer, Role role) {
    writer
        .steps()
        .add(() ->
            catalog
                .reader()
                .scan("pg_db_role_setting", r -> r.oid("setrole") == role.oid())
                .forEach(writer::delete));
  }
}
