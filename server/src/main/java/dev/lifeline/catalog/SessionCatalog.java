package dev.lifeline.catalog;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;
import dev.lifeline.storage.lmgr.LockMode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The catalogs as one session sees them: what is committed, and its own transaction's uncommitted
/// DDL. Belongs to the session's event loop.
///
/// The lookups are in the plain style: they may throw [dev.lifeline.utils.NotYet] and are then
/// called again.
public interface SessionCatalog {
  /// A number that is another one whenever a relation, a schema, a role or the search path may look
  /// different to this session from before. One volatile read: a plan that was made at the same
  /// number is still good.
  long generation();

  /// As [#generation], of what all sessions of the database see alike: the key, together with the
  /// search path and the role, of what sessions may share, while they are [#pristine].
  long sharedGeneration();

  /// Whether the transaction has not changed the catalogs: then it sees what all others see.
  boolean pristine();

  /// The relation's rows. The handle is shared by all sessions and good as long as the relation's
  /// locator is.
  Table table(Relation relation);

  Index index(Relation relation, Relation.Index index);

  int databaseOid();

  /// The role that the session acts as.
  int userOid();

  boolean superuser();

  /// The relation of that name; without a schema, the first along the search path. Null where there
  /// is none. Takes no lock.
  ///
  /// @throws dev.lifeline.utils.error.PgException 42501 where the role may not use the named schema
  @Nullable Relation find(@Nullable String schema, String name);

  @Nullable Relation byOid(int oid);

  /// As [#find], and where there is none 42P01 `relation "x" does not exist` at that place in the
  /// statement.
  Relation require(@Nullable String schema, String name, int location);

  /// As [#require], locked for the rest of the transaction: looked up again after the lock was
  /// waited for, so that what is returned is what the lock protects.
  Relation open(@Nullable String schema, String name, int location, LockMode mode);

  /// Locks a relation that was planned with and returns it as it is now, or null where it is gone.
  @Nullable Relation reopen(int oid, LockMode mode);

  /// The oid of the type of that name that a user has made; without a schema, the first along the
  /// search path. 0 where there is none.
  ///
  /// @throws dev.lifeline.utils.error.PgException 42501 where the role may not use the named schema
  int findType(@Nullable String schema, String name);

  /// Looks up the names in a definition that the catalogs keep as a text: of a view, a default, a
  /// foreign key. They were bound when it was made, by a role that could use their schemas; who
  /// merely uses the definition need not be able to.
  <T> T readingStored(Supplier<T> part);

  /// Refuses with 42501 `permission denied for table x` unless the session's role may.
  void checkAccess(Relation relation, Privilege privilege);

  /// As [#checkAccess(Relation, Privilege)], of the owner of a view that uses the relation.
  ///
  /// @param role 0 for the role of the session
  default void checkAccess(Relation relation, Privilege privilege, int role) {
    checkAccess(relation, privilege);
  }

  /// The schemas where names without one are looked for, those that exist.
  List<String> searchPath(boolean includingImplicit);

  /// The schema's oid, or 0 where there is none.
  int namespaceOid(String name);

  /// As [#namespaceOid], of a schema in which something is looked for.
  ///
  /// @throws dev.lifeline.utils.error.PgException 42501 where the role may not use it
  int usableNamespace(String name);

  @Nullable String namespaceName(int oid);

  @Nullable String roleName(int oid);

  @Nullable String databaseName(int oid);
}
