package dev.lifeline.catalog;

import org.jspecify.annotations.Nullable;

/// A row of `pg_type` of a type that a user has made, see [dev.lifeline.utils.adt.UserTypes].
///
/// @param elementOid the enum type of an array type; 0 for an enum type itself
/// @param acl null where everybody may use it
public record UserType(
    int oid, String name, int namespaceOid, int owner, int elementOid, @Nullable String acl) {
  static UserType of(CatalogRow row) {
    return new UserType(
        row.oid("oid"),
        row.text("typname"),
        row.oid("typnamespace"),
        row.oid("typowner"),
        row.oid("typelem"),
        Acl.read(row, "typacl"));
  }
}
