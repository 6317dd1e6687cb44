package dev.lifeline.catalog;

import dev.lifeline.utils.adt.EnumLabels;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.UserTypes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The types that users have made, as one session finds them.
public final class TypeCatalog {
  private final BackendCatalog catalog;

  /// The labels that the transaction has added to types.
  private final Set<Integer> added = new HashSet<>();

  TypeCatalog(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  private record TypeKey(int oid) {}

  private record TypeNameKey(int namespaceOid, String name) {}

  private record LabelsKey(int oid) {}

  public @Nullable UserType find(int oid) {
    if (!UserTypes.isUserType(oid)) {
      return null;
    }
    return catalog.cached(
        false,
        new TypeKey(oid),
        UserType.class,
        () -> {
          CatalogRow row = catalog.reader().one("pg_type", "pg_type_oid_index", oid);
          return row == null ? null : UserType.of(row);
        });
  }

  public @Nullable UserType find(int namespaceOid, String name) {
    Integer oid =
        catalog.cached(
            false,
            new TypeNameKey(namespaceOid, name),
            Integer.class,
            () -> {
              CatalogRow row =
                  catalog.reader().one("pg_type", "pg_type_typname_nsp_index", name, namespaceOid);
              return row == null ? null : row.oid("oid");
            });
    return oid == null ? null : find(oid);
  }

  /// The type of that name; without a schema, the first along the search path.
  @Nullable UserType find(@Nullable String schema, String name) {
    if (schema != null) {
      int namespace = catalog.usableNamespace(schema);
      return namespace == 0 ? null : find(namespace, name);
    }
    for (int namespace : catalog.searchedNamespaces()) {
      UserType type = find(namespace, name);
      if (type != null) {
        return type;
      }
    }
    return null;
  }

  public EnumLabels labels(int oid) {
    EnumLabels labels =
        catalog.cached(
            false,
            new LabelsKey(oid),
            EnumLabels.class,
            () ->
                new EnumLabels(
                    catalog.reader().rows("pg_enum", "pg_enum_typid_label_index", oid).stream()
                        .map(this::label)
                        .toList()));
    return labels == null ? new EnumLabels(List.of()) : labels;
  }

  private EnumLabels.Label label(CatalogRow row) {
    return new EnumLabels.Label(
        row.oid("oid"),
        (float) row.real("enumsortorder"),
        row.text("enumlabel"),
        added.contains(row.oid("oid")));
  }

  /// The transaction has added a label to a type: no value may be made of it before it has
  /// committed.
  public void added(int labelOid) {
    added.add(labelOid);
  }

  void transactionEnded() {
    added.clear();
  }

  /// A definition that the catalogs keep, as it is shown: with the names of types in it.
  @Nullable String shown(@Nullable String definition) {
    return definition == null
        ? null
        : UserTypes.withNames(
            definition,
            oid -> {
              UserType type = find(oid);
              return type == null ? null : shownName(type);
            });
  }

  public boolean isVisible(UserType type) {
    UserType found = find(null, type.name());
    return found != null && found.oid() == type.oid();
  }

  /// The name as it is shown: with the schema where the search path does not lead to it.
  public String shownName(UserType type) {
    String name = QuoteIdent.quote(type.name());
    return isVisible(type)
        ? name
        : QuoteIdent.quote(String.valueOf(catalog.namespaceName(type.namespaceOid()))) + "." + name;
  }
}
