package dev.lifeline.tcop;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Role;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names and oids of a session's catalogs, for the functions and types that tell them.
public final class CatalogNames implements CatalogHooks {
  private final BackendCatalog catalog;

  public CatalogNames(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public @Nullable String relationName(int oid) {
    Relation relation = catalog.byOid(oid);
    if (relation == null) {
      return null;
    }
    Relation visible = catalog.find(null, relation.name());
    return visible != null && visible.oid() == oid
        ? quote(relation.name())
        : quote(relation.namespace()) + "." + quote(relation.name());
  }

  @Override
  public int relationOid(List<String> names) {
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    Relation relation = catalog.find(schema, names.getLast());
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
    Role role = catalog.role(name);
    return role == null ? 0 : role.oid();
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

  /// As `quote_ident`, but keywords stay as they are.
  private static String quote(String name) {
    boolean plain =
        !name.isEmpty()
            && (Character.isLowerCase(name.charAt(0)) || name.charAt(0) == '_')
            && name.chars()
                .allMatch(
                    c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$');
    return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
