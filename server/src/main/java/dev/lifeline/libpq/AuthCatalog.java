package dev.lifeline.libpq;

import dev.lifeline.utils.guc.GucSource;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What authentication reads of the shared catalogs, before there is a session or a transaction.
public interface AuthCatalog {
  /// The role of this name; null where there is none.
  Future<@Nullable Role> role(String name);

  /// The database of this name; null where there is none.
  Future<@Nullable Database> database(String name);

  /// The names of the roles that the role is, directly or not, a member of, with its own; none for
  /// a role that does not exist.
  Future<Set<String>> memberships(String role);

  /// What `ALTER DATABASE ... SET` and `ALTER ROLE ... SET` say for sessions of this role in this
  /// database; of two for one name the later one holds.
  Future<List<StoredSetting>> settings(int databaseOid, int roleOid);

  /// What sessions of some role or database begin with.
  ///
  /// @param text as `name=value`
  /// @param source for whom it was stored
  record StoredSetting(String text, GucSource source) {}

  /// A row of `pg_authid`.
  ///
  /// @param password a SCRAM verifier, or null
  /// @param connectionLimit -1: none
  /// @param validUntilMicros since the epoch; null: for ever
  record Role(
      int oid,
      String name,
      boolean superuser,
      boolean canLogin,
      boolean replication,
      int connectionLimit,
      @Nullable String password,
      @Nullable Long validUntilMicros) {}

  /// A row of `pg_database`.
  record Database(int oid, String name, boolean allowConnections, int connectionLimit) {}
}
