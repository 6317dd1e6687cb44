package dev.lifeline.utils.adt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What types and functions ask of the catalog: names for the oids of regclass and its kin, and the
/// functions that describe objects. Implemented over the catalog; what is not in memory yet makes a
/// call throw [dev.lifeline.utils.NotYet].
public interface CatalogHooks {
  /// The relation's name, with its schema where it is not on the search path, quoted as needed;
  /// null where there is none with this oid.
  @Nullable String relationName(int oid);

  /// The oid of a relation by its possibly qualified name.
  ///
  /// @param names one to three identifiers, already case-folded and unquoted
  /// @return 0 where there is none
  int relationOid(List<String> names);

  @Nullable String namespaceName(int oid);

  /// 0 where there is none.
  int namespaceOid(String name);

  @Nullable String roleName(int oid);

  /// 0 where there is none.
  int roleOid(String name);

  /// The name of a type that is not one of [Types], as `format_type` tells it; null where there is
  /// none.
  @Nullable String userTypeName(int oid);

  /// The oid of a type that is not one of [Types]; 0 where there is none.
  int userTypeOid(List<String> names);

  /// The labels of an enum type; none where there is no such type.
  EnumLabels enumLabels(int typeOid);

  /// A function that describes catalog objects, such as `pg_get_expr`, `obj_description` or
  /// `has_table_privilege`.
  ///
  /// @param name the function's name
  /// @param arguments the arguments in the form of their [dev.lifeline.utils.batch.Rep], boxed
  /// @return the result in the same form; null is SQL's NULL
  /// @throws dev.lifeline.utils.error.PgException where the catalog does not have it
  @Nullable Object catalogFunction(String name, List<@Nullable Object> arguments);
}
