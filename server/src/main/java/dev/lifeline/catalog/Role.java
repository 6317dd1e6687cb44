package dev.lifeline.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row of `pg_authid`, with the roles that it is a member of.
///
/// @param password the verifier, or null
/// @param validUntil microseconds since 2000-01-01; null for ever
/// @param memberOf oids of the roles that it is directly a member of
public record Role(
    int oid,
    String name,
    boolean superuser,
    boolean inherit,
    boolean createRole,
    boolean createDb,
    boolean canLogin,
    boolean replication,
    boolean bypassRls,
    int connectionLimit,
    @Nullable String password,
    @Nullable Long validUntil,
    List<Integer> memberOf) {
  public Role {
    memberOf = List.copyOf(memberOf);
  }

  static Role of(CatalogRow row, List<CatalogRow> memberships) {
    return new Role(
        row.oid("oid"),
        row.text("rolname"),
        row.bool("rolsuper"),
        row.bool("rolinherit"),
        row.bool("rolcreaterole"),
        row.bool("rolcreatedb"),
        row.bool("rolcanlogin"),
        row.bool("rolreplication"),
        row.bool("rolbypassrls"),
        row.integer("rolconnlimit"),
        row.textOrNull("rolpassword"),
        row.isNull("rolvaliduntil") ? null : row.bigint("rolvaliduntil"),
        memberships.stream().map(m -> m.oid("roleid")).toList());
  }
}
