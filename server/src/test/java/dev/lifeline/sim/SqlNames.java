package dev.lifeline.sim;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The names of catalog objects, for types and functions.
record SqlNames(SessionCatalog catalog) implements CatalogHooks {
  @Override
  public @Nullable String relationName(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation == null ? null : relation.name();
  }

  @Override
  public int relationOid(List<String> names) {
    Relation relation =
        catalog.find(names.size() > 1 ? names.get(names.size() - 2) : null, names.getLast());
    return relation == null ? 0 : relation.oid();
  }

  @Override
  public @Nullable String namespaceName(int oid) {
    return catalog.namespaceName(oid);
  }

  @Override
  public int namespaceOid(String name) {
    return catalog.namespaceOid(name);
  }

  @Override
  public @Nullable String roleName(int oid) {
    return catalog.roleName(oid);
  }

  @Override
  public int roleOid(String name) {
    return 0;
  }

  @Override
  public @Nullable String userTypeName(int oid) {
    return null;
  }

  @Override
  public int userTypeOid(List<String> names) {
    return 0;
  }

  @Override
  public @Nullable Object catalogFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported("function " + name);
  }
}
