package dev.lifeline.catalog;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a session's role may do: as superuser, as owner, by membership in the owner, or because it
/// was granted to the role, to one that it is a member of, or to PUBLIC.
public final class AccessRights {
  private final BackendCatalog catalog;

  AccessRights(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// Whether the session's role has the privileges of that one: is it, or is a member of it,
  /// directly or not.
  public boolean actsAs(int roleOid) {
    return catalog.superuser() || rolesOf(catalog.userOid()).contains(roleOid);
  }

  /// Whether the role itself may use slots and stream WAL.
  public boolean mayReplicate() {
    Role role = catalog.role(catalog.userOid());
    return role != null && (role.superuser() || role.replication());
  }

  /// The role and all that it is a member of; the owner of the database is a member of
  /// `pg_database_owner`. Those that it must SET ROLE to (because it does not inherit) do not
  /// count.
  Set<Integer> rolesOf(int oid) {
    Set<Integer> roles = new HashSet<>();
    gather(oid, roles);
    Database database = catalog.database(catalog.databaseOid());
    if (database != null && roles.contains(database.owner())) {
      roles.add(BootstrapRows.DATABASE_OWNER_ROLE);
    }
    return roles;
  }

  private void gather(int oid, Set<Integer> roles) {
    Role role = roles.add(oid) ? catalog.role(oid) : null;
    if (role != null && role.inherit()) {
      role.memberOf().forEach(parent -> gather(parent, roles));
    }
  }

  /// Whether `member` is, directly or not, a member of the role; also where it does not inherit.
  public boolean isMember(int member, int roleOid) {
    Set<Integer> seen = new HashSet<>();
    return member == roleOid || reaches(member, roleOid, seen);
  }

  private boolean reaches(int from, int roleOid, Set<Integer> seen) {
    Role role = seen.add(from) ? catalog.role(from) : null;
    if (role == null) {
      return false;
    }
    for (int parent : role.memberOf()) {
      if (parent == roleOid || reaches(parent, roleOid, seen)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the ACL gives the privilege to the session's role.
  public boolean granted(@Nullable String acl, Privilege privilege) {
    return granted(catalog.userOid(), acl, privilege);
  }

  private boolean granted(int role, @Nullable String acl, Privilege privilege) {
    if (acl == null) {
      return false;
    }
    return Acl.parse(acl).allows(privilege, amongRolesOf(role));
  }

  /// Whether a name is that of a role whose privileges this one has.
  private Predicate<String> amongRolesOf(int role) {
    Set<Integer> roles = rolesOf(role);
    return name -> {
      Role named = catalog.role(name);
      return named != null && roles.contains(named.oid());
    };
  }

  /// Whether a role may grant a privilege on an object of this owner with this ACL.
  boolean mayGrant(int role, int owner, @Nullable String acl, Privilege privilege) {
    Role acting = catalog.role(role);
    return (acting != null && acting.superuser())
        || rolesOf(role).contains(owner)
        || (acl != null && Acl.parse(acl).grantable(privilege, amongRolesOf(role)));
  }

  public boolean mayUse(Relation relation, Privilege privilege) {
    return actsAs(relation.owner())
        || granted(relation.acl(), privilege)
        || usesAllData(catalog.userOid(), relation, privilege);
  }

  /// As [#mayUse(Relation, Privilege)], of any role.
  public boolean mayUse(int role, Relation relation, Privilege privilege) {
    return mayUse(role, relation.owner(), relation.acl(), privilege)
        || usesAllData(role, relation, privilege);
  }

  /// Whether the role reads or writes the rows of all tables, by membership in `pg_read_all_data`
  /// or `pg_write_all_data`. Nobody is allowed so to write the system's own.
  private boolean usesAllData(int role, Relation relation, Privilege privilege) {
    return switch (privilege) {
      case SELECT -> rolesOf(role).contains(BootstrapRows.READ_ALL_DATA_ROLE);
      case INSERT, UPDATE, DELETE ->
          !SystemOids.isSystem(relation.oid())
              && rolesOf(role).contains(BootstrapRows.WRITE_ALL_DATA_ROLE);
      case TRUNCATE, REFERENCES, TRIGGER, EXECUTE, USAGE, CREATE, TEMPORARY, CONNECT -> false;
    };
  }

  /// Whether a role may use an object of this owner with this ACL.
  public boolean mayUse(int role, int owner, @Nullable String acl, Privilege privilege) {
    Role acting = catalog.role(role);
    return (acting != null && acting.superuser())
        || rolesOf(role).contains(owner)
        || granted(role, acl, privilege);
  }

  void check(Relation relation, Privilege privilege) {
    if (!mayUse(relation, privilege)) {
      throw denied(relation);
    }
  }

  void check(int role, Relation relation, Privilege privilege) {
    if (!mayUse(role, relation, privilege)) {
      throw denied(relation);
    }
  }

  private static PgException denied(Relation relation) {
    return PgException.error(
        SqlState.INSUFFICIENT_PRIVILEGE,
        "permission denied for %s %s",
        relation.kind().noun(),
        relation.name());
  }

  public boolean mayUse(BackendCatalog.Namespace namespace, Privilege privilege) {
    return actsAs(namespace.owner()) || mayUse(catalog.userOid(), namespace, privilege);
  }

  /// As [#mayUse(BackendCatalog.Namespace, Privilege)], of any role. Who may read or write all
  /// tables may use the schemas that they are in.
  public boolean mayUse(int role, BackendCatalog.Namespace namespace, Privilege privilege) {
    if (mayUse(role, namespace.owner(), namespace.acl(), privilege)) {
      return true;
    }
    Set<Integer> roles = privilege == Privilege.USAGE ? rolesOf(role) : Set.of();
    return roles.contains(BootstrapRows.READ_ALL_DATA_ROLE)
        || roles.contains(BootstrapRows.WRITE_ALL_DATA_ROLE);
  }

  /// Refuses with 42501 `permission denied for schema x`.
  public void checkNamespace(int namespaceOid, Privilege privilege) {
    BackendCatalog.Namespace namespace = catalog.namespace(namespaceOid);
    if (namespace != null && !mayUse(namespace, privilege)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for schema %s", namespace.name());
    }
  }

  /// Refuses with 42501 `must be owner of table x`.
  public void checkOwner(Relation relation) {
    checkOwner(relation.owner(), relation.kind().noun(), relation.name());
  }

  public void checkOwner(int owner, String noun, String name) {
    if (!actsAs(owner)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be owner of %s %s", noun, name);
    }
  }
}
