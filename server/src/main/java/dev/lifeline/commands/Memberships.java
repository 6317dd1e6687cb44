package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.AccessPriv;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.GrantRoleStmt;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;

/// GRANT and REVOKE of roles.
final class Memberships {
  private final CommandContext context;
  private final BackendCatalog catalog;

  Memberships(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(GrantRoleStmt statement, Steps steps) {
    boolean admin = false;
    for (DefElem option : statement.options()) {
      if (!option.defname().equals("admin")) {
        throw PgException.notSupported("GRANT ... WITH " + option.defname());
      }
      admin = !statement.isGrant() || DefElems.bool(option);
    }
    CatalogWriter writer = context.writer(steps);
    for (AccessPriv granted : statement.grantedRoles()) {
      Role role = catalog.role(String.valueOf(granted.privName()));
      if (role == null) {
        throw Roles.undefined(String.valueOf(granted.privName()));
      }
      for (RoleSpec spec : statement.granteeRoles()) {
        Role member = new Roles(context).required(spec);
        if (statement.isGrant()) {
          grant(writer, role, member, admin, steps);
        } else {
          revoke(writer, role, member, admin, steps);
        }
      }
    }
    writer.endCommandWithNames(true);
    return statement.isGrant() ? "GRANT ROLE" : "REVOKE ROLE";
  }

  void grant(CatalogWriter writer, Role role, Role member, boolean admin, Steps steps) {
    checkAdmin(role);
    CatalogRow row = membership(role, member);
    if (row != null && (row.bool("admin_option") || !admin)) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "role \"%s\" is already a member of role \"%s\"",
          member.name(),
          role.name());
      return;
    }
    if (row != null) {
      writer.update(row.copy().set("admin_option", true));
      return;
    }
    add(writer, role, member, admin);
  }

  /// Adds a membership that is not there.
  void add(CatalogWriter writer, Role role, Role member, boolean admin) {
    if (catalog.rights().isMember(role.oid(), member.oid())) {
      throw PgException.error(
          SqlState.INVALID_GRANT_OPERATION,
          "role \"%s\" is a member of role \"%s\"",
          role.name(),
          member.name());
    }
    writer.insert(
        writer
            .blank("pg_auth_members")
            .oid("roleid", role.oid())
            .oid("member", member.oid())
            .oid("grantor", catalog.userOid())
            .set("admin_option", admin));
    writer.endCommandWithNames(true);
  }

  void revoke(CatalogWriter writer, Role role, Role member, boolean adminOnly, Steps steps) {
    checkAdmin(role);
    CatalogRow row = membership(role, member);
    if (row == null) {
      PgException warning =
          new PgException(
              Severity.WARNING,
              SqlState.WARNING,
              "role \"" + member.name() + "\" is not a member of role \"" + role.name() + "\"");
      steps.add(() -> context.session().notice(warning));
    } else if (adminOnly) {
      writer.update(row.copy().set("admin_option", false));
    } else {
      writer.delete(row);
    }
  }

  private @org.jspecify.annotations.Nullable CatalogRow membership(Role role, Role member) {
    return catalog
        .reader()
        .one("pg_auth_members", "pg_auth_members_role_member_index", role.oid(), member.oid());
  }

  private void checkAdmin(Role role) {
    Role me = new Roles(context).current();
    if (me.superuser()) {
      return;
    }
    if (role.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser to alter superusers");
    }
    CatalogRow mine = membership(role, me);
    if (!me.createRole() && (mine == null || !mine.bool("admin_option"))) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must have admin option on role \"%s\"", role.name());
    }
  }
}
