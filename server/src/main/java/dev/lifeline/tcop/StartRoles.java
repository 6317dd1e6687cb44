package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.utils.guc.ActingRole;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The roles that the settings name with which a session begins (`ALTER ROLE ... SET role`, the
/// client's `options`): read before there is a transaction.
///
/// @param memberships the names of the roles that the one that logs in is a member of
record StartRoles(Map<String, ActingRole> roles, Set<String> memberships)
    implements ActingRole.Lookup {
  /// Reads those that are named; most sessions name none.
  static Future<ActingRole.Lookup> read(
      AuthCatalog catalog, AuthCatalog.Role login, Set<String> names) {
    if (names.isEmpty()) {
      return Future.succeededFuture(new StartRoles(Map.of(), Set.of()));
    }
    Map<String, ActingRole> roles = new HashMap<>();
    Future<Void> read = Future.succeededFuture();
    for (String name : names) {
      read =
          read.compose(before -> catalog.role(name))
              .map(role -> {
                if (role != null) {
                  roles.put(name, new ActingRole(role.oid(), role.name(), role.superuser()));
                }
                return null;
              });
    }
    return read.compose(before -> catalog.memberships(login.name()))
        .map(memberships -> new StartRoles(roles, memberships));
  }

  @Override
  public @Nullable ActingRole find(String name) {
    return roles.get(name);
  }

  @Override
  public boolean mayBecome(ActingRole session, ActingRole role) {
    return session.superuser() || memberships.contains(role.name());
  }
}
