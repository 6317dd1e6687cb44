package dev.lifeline.catalog;

import dev.lifeline.utils.adt.Identifiers;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where names without a schema are looked for: `search_path` as far as its schemas exist and the
/// role may use them, and before it, where it does not name them, the session's temporary relations
/// and `pg_catalog`.
final class SearchPath {
  private final BackendCatalog catalog;
  private final CatalogClient client;

  private long resolvedAt = -1;
  private List<Integer> namespaces = List.of();
  private List<String> explicit = List.of();
  private List<String> all = List.of();

  SearchPath(BackendCatalog catalog, CatalogClient client) {
    this.catalog = catalog;
    this.client = client;
  }

  /// The oids of the schemas, in the order in which they are searched.
  List<Integer> namespaces() {
    resolve();
    return namespaces;
  }

  List<String> names(boolean includingImplicit) {
    resolve();
    return includingImplicit ? all : explicit;
  }

  int creationNamespace() {
    resolve();
    if (explicit.isEmpty()) {
      throw PgException.error(
          SqlState.INVALID_SCHEMA_NAME, "no schema has been selected to create in");
    }
    return catalog.namespaceOid(explicit.get(0));
  }

  private void resolve() {
    long generation = catalog.generation();
    if (generation == resolvedAt) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (String name : elements(client.gucs().get(Gucs.SEARCH_PATH))) {
      String schema = schema(name);
      if (schema != null && !names.contains(schema) && isUsable(schema)) {
        names.add(schema);
      }
    }
    List<String> withImplicit = new ArrayList<>(names);
    if (!names.contains("pg_catalog")) {
      withImplicit.add(0, "pg_catalog");
    }
    String temporary = catalog.tempTables().schemaName();
    if (catalog.tempTables().namespace() != 0 && !names.contains(temporary)) {
      withImplicit.add(0, temporary);
    }
    List<Integer> oids = new ArrayList<>();
    for (String name : withImplicit) {
      oids.add(catalog.namespaceOid(name));
    }
    explicit = List.copyOf(names);
    all = List.copyOf(withImplicit);
    namespaces = List.copyOf(oids);
    resolvedAt = generation;
  }

  private boolean isUsable(String schema) {
    int oid = catalog.namespaceOid(schema);
    BackendCatalog.Namespace namespace = oid == 0 ? null : catalog.namespace(oid);
    return namespace != null
        && (oid == catalog.tempTables().namespace()
            || catalog.rights().mayUse(namespace, Privilege.USAGE));
  }

  private @Nullable String schema(String name) {
    return switch (name) {
      case "$user" -> catalog.roleName(client.userOid());
      case TempTables.ALIAS -> catalog.tempTables().schemaName();
      default -> name;
    };
  }

  /// The parts of a name that may have a schema; a dot in quotes belongs to its part.
  static List<String> nameParts(String name) {
    return Identifiers.split(name, true);
  }

  /// The identifiers of a comma-separated list: folded to lower case unless they are quoted.
  static List<String> elements(String list) {
    List<String> elements = new ArrayList<>();
    int i = 0;
    while (i < list.length()) {
      char c = list.charAt(i);
      if (c == ',' || Character.isWhitespace(c)) {
        i++;
        continue;
      }
      StringBuilder element = new StringBuilder();
      if (c == '"') {
        i++;
        while (i < list.length()) {
          if (list.charAt(i) == '"') {
            if (i + 1 >= list.length() || list.charAt(i + 1) != '"') {
              break;
            }
            i++;
          }
          element.append(list.charAt(i++));
        }
        i++;
      } else {
        while (i < list.length() && list.charAt(i) != ',') {
          element.append(Character.toLowerCase(list.charAt(i++)));
        }
      }
      elements.add(element.toString().strip());
    }
    return elements;
  }
}
