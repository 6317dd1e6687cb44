package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.libpq.Md5Password;
import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.parser.tree.AlterRoleStmt;
import dev.lifeline.parser.tree.CreateRoleStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropRoleStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.RoleStmtType;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// CREATE, ALTER and DROP ROLE.
final class RoleCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  RoleCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CreateRoleStmt statement, Steps steps) {
    RoleOptions options = new RoleOptions(statement.options());
    Role me = new Roles(context).current();
    if (!me.superuser()) {
      if (options.flag("superuser", false)) {
        throw denied("must be superuser to create superusers");
      }
      if (options.flag("isreplication", false)) {
        throw denied("must be superuser to create replication users");
      }
      if (options.flag("bypassrls", false)) {
        throw denied("must be superuser to create bypassrls users");
      }
      if (!me.createRole()) {
        throw denied("permission denied to create role");
      }
    }
    checkName(statement.role());
    if (catalog.role(statement.role()) != null) {
      throw duplicate(statement.role());
    }
    CatalogWriter writer = context.writer(steps);
    int oid = writer.newOid();
    CatalogRow row =
        writer
            .blank("pg_authid")
            .oid("oid", oid)
            .set("rolname", statement.role())
            .set("rolinherit", true)
            .set("rolcanlogin", statement.stmtType() == RoleStmtType.USER)
            .set("rolconnlimit", -1L);
    apply(row, options, statement.role(), steps);
    writer.insert(row);
    writer.endCommandWithNames(true);
    steps.add(() -> addMemberships(writer, oid, options));
    return "CREATE ROLE";
  }

  private void addMemberships(CatalogWriter writer, int oid, RoleOptions options) {
    Memberships memberships = new Memberships(context);
    Role created = Objects.requireNonNull(catalog.role(oid));
    for (Role parent : roles(options.get("addroleto"))) {
      memberships.add(writer, parent, created, false);
    }
    for (Role member : roles(options.get("rolemembers"))) {
      memberships.add(writer, created, member, false);
    }
    for (Role member : roles(options.get("adminmembers"))) {
      memberships.add(writer, created, member, true);
    }
  }

  private List<Role> roles(@Nullable DefElem option) {
    List<Role> roles = new ArrayList<>();
    if (option != null && option.arg() instanceof NodeList list) {
      for (Node item : list.items()) {
        roles.add(new Roles(context).required((RoleSpec) item));
      }
    }
    return roles;
  }

  /// Sets what was given into the role's row.
  private void apply(CatalogRow row, RoleOptions options, String name, Steps steps) {
    flag(row, "rolsuper", options, "superuser");
    flag(row, "rolinherit", options, "inherit");
    flag(row, "rolcreaterole", options, "createrole");
    flag(row, "rolcreatedb", options, "createdb");
    flag(row, "rolcanlogin", options, "canlogin");
    flag(row, "rolreplication", options, "isreplication");
    flag(row, "rolbypassrls", options, "bypassrls");
    if (options.has("connectionlimit")) {
      row.set("rolconnlimit", (long) options.integer("connectionlimit", -1));
    }
    String validUntil = options.text("validUntil");
    if (validUntil != null) {
      Column value = new Column(Rep.LONG, 1);
      byte[] text = validUntil.getBytes(StandardCharsets.UTF_8);
      Types.get(Types.TIMESTAMPTZ)
          .ops()
          .input(text, 0, text.length, -1, context.session().evalContext(), value, 0);
      row.set("rolvaliduntil", value.getLong(0));
    }
    if (options.has("password")) {
      row.set("rolpassword", verifier(options.text("password"), name, steps));
    }
  }

  private static void flag(CatalogRow row, String column, RoleOptions options, String option) {
    if (options.has(option)) {
      row.set(column, options.flag(option, false));
    }
  }

  /// What is stored of a password: a verifier that was given as such stays as it is.
  private @Nullable String verifier(@Nullable String password, String role, Steps steps) {
    if (password == null) {
      return null;
    }
    ScramVerifier given = ScramVerifier.parse(password);
    boolean empty =
        password.isEmpty()
            || password.equals(Md5Password.stored("", role))
            || (given != null && given.matches(""));
    if (empty) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "empty string is not a valid password, clearing password");
      return null;
    }
    if (given != null || Md5Password.isStored(password)) {
      return password;
    }
    return context.session().gucs().get(Gucs.PASSWORD_ENCRYPTION).equals("md5")
        ? Md5Password.stored(password, role)
        : ScramVerifier.of(password, new SecureRandom()).stored();
  }

  String prepare(AlterRoleStmt statement, Steps steps) {
    Role role = new Roles(context).required(statement.role());
    List<DefElem> given = statement.options();
    if (given.stream().anyMatch(option -> option.defname().equals("rolemembers"))) {
      return alterGroup(statement, role, steps);
    }
    RoleOptions options = new RoleOptions(given);
    checkName(role.name());
    checkMayAlter(role, options);
    if (role.oid() == SystemOids.BOOTSTRAP_SUPERUSER && !options.flag("superuser", true)) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "the bootstrap user must have the SUPERUSER attribute");
    }
    CatalogWriter writer = context.writer(steps);
    CatalogRow row = row(role).copy();
    apply(row, options, role.name(), steps);
    writer.update(row);
    writer.endCommandWithNames(true);
    return "ALTER ROLE";
  }

  private String alterGroup(AlterRoleStmt statement, Role role, Steps steps) {
    CatalogWriter writer = context.writer(steps);
    Memberships memberships = new Memberships(context);
    for (Role member : roles(statement.options().getFirst())) {
      if (statement.action() > 0) {
        memberships.grant(writer, role, member, false, steps);
      } else {
        memberships.revoke(writer, role, member, false, steps);
      }
    }
    writer.endCommandWithNames(true);
    return "ALTER ROLE";
  }

  private void checkMayAlter(Role role, RoleOptions options) {
    Role me = new Roles(context).current();
    if (me.superuser()) {
      return;
    }
    if (role.superuser() || options.has("superuser")) {
      throw denied("must be superuser to alter superuser roles or change superuser attribute");
    }
    if (role.replication() || options.has("isreplication")) {
      throw denied("must be superuser to alter replication roles or change replication attribute");
    }
    if (options.has("bypassrls")) {
      throw denied("must be superuser to change bypassrls attribute");
    }
    boolean ownPassword = role.oid() == me.oid() && options.size() == 1 && options.has("password");
    if (!me.createRole() && !ownPassword) {
      throw denied("permission denied");
    }
  }

  String prepare(DropRoleStmt statement, Steps steps) {
    Role me = new Roles(context).current();
    if (!me.superuser() && !me.createRole()) {
      throw denied("permission denied to drop role");
    }
    CatalogWriter writer = context.writer(steps);
    for (RoleSpec spec : statement.roles()) {
      if (spec.roletype() != RoleSpec.Type.CSTRING) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "cannot use special role specifier in DROP ROLE");
      }
      Role role = new Roles(context).find(spec);
      if (role == null) {
        if (!statement.missingOk()) {
          throw Roles.undefined(String.valueOf(spec.rolename()));
        }
        context.notice(
            steps,
            SqlState.SUCCESSFUL_COMPLETION,
            "role \"%s\" does not exist, skipping",
            String.valueOf(spec.rolename()));
        continue;
      }
      drop(writer, role, me, steps);
    }
    writer.endCommandWithNames(true);
    return "DROP ROLE";
  }

  private void drop(CatalogWriter writer, Role role, Role me, Steps steps) {
    if (role.oid() == me.oid()) {
      throw PgException.error(SqlState.OBJECT_IN_USE, "current user cannot be dropped");
    }
    if (role.name().equals(context.session().evalContext().session().sessionUser())) {
      throw PgException.error(SqlState.OBJECT_IN_USE, "session user cannot be dropped");
    }
    if (role.superuser() && !me.superuser()) {
      throw denied("must be superuser to drop superusers");
    }
    if (SystemOids.isSystem(role.oid())) {
      throw PgException.error(
          SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
          "cannot drop role %s because it is required by the database system",
          role.name());
    }
    catalog.lockObject(true, SystemOids.PG_AUTHID, role.oid(), LockMode.ACCESS_EXCLUSIVE);
    List<String> owned = new OwnedObjects(catalog).of(role);
    if (!owned.isEmpty()) {
      throw PgException.error(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "role \"%s\" cannot be dropped because some objects depend on it",
              role.name())
          .detail(String.join("\n", owned));
    }
    steps.add(() -> {
      catalog
          .reader()
          .rows("pg_auth_members", "pg_auth_members_role_member_index", role.oid())
          .forEach(writer::delete);
      catalog
          .reader()
          .rows("pg_auth_members", "pg_auth_members_member_role_index", role.oid())
          .forEach(writer::delete);
      writer.delete(row(role));
    });
    new RoleSettings(context).removeAll(writer, role);
    new Comments(writer).setShared(SystemOids.PG_AUTHID, role.oid(), null);
  }

  private CatalogRow row(Role role) {
    return Objects.requireNonNull(
        catalog.reader().one("pg_authid", "pg_authid_oid_index", role.oid()));
  }

  void rename(RenameStmt statement, Steps steps) {
    String old = String.valueOf(statement.subname());
    Role role = catalog.role(old);
    if (role == null) {
      throw Roles.undefined(old);
    }
    Role me = new Roles(context).current();
    if (role.name().equals(context.session().evalContext().session().sessionUser())) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "session user cannot be renamed");
    }
    if (role.oid() == me.oid()) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "current user cannot be renamed");
    }
    checkName(statement.newname());
    checkName(old);
    if (catalog.role(statement.newname()) != null) {
      throw duplicate(statement.newname());
    }
    if (!me.superuser() && (role.superuser() || !me.createRole())) {
      throw denied(
          role.superuser()
              ? "must be superuser to rename superusers"
              : "permission denied to rename role");
    }
    if (!new OwnedObjects(catalog).grants(role).isEmpty()) {
      throw PgException.notSupported("renaming a role that was granted privileges");
    }
    CatalogWriter writer = context.writer(steps);
    CatalogRow renamed = row(role).copy().set("rolname", statement.newname());
    String password = role.password();
    if (password != null && Md5Password.isStored(password)) {
      // The name was part of what was hashed.
      renamed.set("rolpassword", (String) null);
      context.notice(
          steps, SqlState.SUCCESSFUL_COMPLETION, "MD5 password cleared because of role rename");
    }
    writer.update(renamed);
    writer.endCommandWithNames(true);
  }

  private static void checkName(String name) {
    if (name.startsWith("pg_")) {
      throw PgException.error(SqlState.RESERVED_NAME, "role name \"%s\" is reserved", name)
          .detail("Role names starting with \"pg_\" are reserved.");
    }
    if (name.equals("public") || name.equals("none")) {
      throw PgException.error(SqlState.RESERVED_NAME, "role name \"%s\" is reserved", name);
    }
  }

  private static PgException duplicate(String name) {
    return PgException.error(SqlState.DUPLICATE_OBJECT, "role \"%s\" already exists", name);
  }

  private static PgException denied(String message) {
    return PgException.error(SqlState.INSUFFICIENT_PRIVILEGE, message);
  }
}
