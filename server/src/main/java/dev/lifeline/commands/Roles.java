package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Role;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// Finds the roles that statements name.
final class Roles {
  private final CommandContext context;
  private final BackendCatalog catalog;

  Roles(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  /// The role that the session acts as.
  Role current() {
    Role role = catalog.role(catalog.userOid());
    if (role == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "role with OID %s does not exist",
          Integer.toUnsignedString(catalog.userOid()));
    }
    return role;
  }

  Role required(RoleSpec spec) {
    Role role = find(spec);
    if (role == null) {
      throw undefined(String.valueOf(spec.rolename()));
    }
    return role;
  }

  /// Null where there is none of that name.
  @Nullable Role find(RoleSpec spec) {
    return switch (spec.roletype()) {
      case CURRENT_ROLE, CURRENT_USER -> current();
      case SESSION_USER -> catalog.role(context.session().evalContext().session().sessionUser());
      case PUBLIC -> throw undefined("public");
      case CSTRING -> catalog.role(String.valueOf(spec.rolename()));
    };
  }

  static PgException undefined(String name) {
    return PgException.error(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", name);
  }
}
