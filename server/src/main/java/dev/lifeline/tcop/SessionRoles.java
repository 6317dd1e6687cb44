package dev.lifeline.tcop;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Role;
import dev.lifeline.utils.guc.ActingRole;
import org.jspecify.annotations.Nullable;

/// The roles that a session may act as, as its transaction sees them.
record SessionRoles(Session session) implements ActingRole.Lookup {
  @Override
  public @Nullable ActingRole find(String name) {
    Role role = catalog().role(name);
    return role == null ? null : new ActingRole(role.oid(), role.name(), role.superuser());
  }

  @Override
  public boolean mayBecome(ActingRole from, ActingRole role) {
    return from.superuser() || catalog().rights().isMember(from.oid(), role.oid());
  }

  private BackendCatalog catalog() {
    return (BackendCatalog) session.catalog();
  }
}
