package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which publications a table is in, and which tables a publication has.
public final class Publications {
  /// Of `pg_publication`, for comments.
  public static final int CLASS_OID = 6104;

  private final CatalogReader reader;

  public Publications(CatalogReader reader) {
    this.reader = reader;
  }

  /// The publications that a table is in: by itself, by its schema, or because they are for all
  /// tables.
  List<Relation.Publication> of(int relation, int namespace) {
    List<Relation.Publication> found = new ArrayList<>();
    for (CatalogRow publication : reader.scan("pg_publication", row -> true)) {
      Relation.Publication one = membership(publication, relation, namespace);
      if (one != null) {
        found.add(one);
      }
    }
    found.sort(Comparator.comparing(Relation.Publication::name));
    return found;
  }

  private Relation.@Nullable Publication membership(
      CatalogRow publication, int relation, int namespace) {
    int oid = publication.oid("oid");
    CatalogRow table =
        reader.one("pg_publication_rel", "pg_publication_rel_prrelid_prpubid_index", relation, oid);
    if (table != null) {
      return publication(publication, table.integers("prattrs"), table.textOrNull("prqual"));
    }
    boolean all =
        publication.bool("puballtables")
            || reader.one(
                    "pg_publication_namespace",
                    "pg_publication_namespace_pnnspid_pnpubid_index",
                    namespace,
                    oid)
                != null;
    return all ? publication(publication, List.of(), null) : null;
  }

  private static Relation.Publication publication(
      CatalogRow row, List<Integer> columns, @Nullable String filter) {
    return new Relation.Publication(
        row.text("pubname"),
        row.bool("pubinsert"),
        row.bool("pubupdate"),
        row.bool("pubdelete"),
        row.bool("pubtruncate"),
        columns,
        filter);
  }

  /// The publication of that name; null where there is none.
  public @Nullable CatalogRow byName(String name) {
    return reader.one("pg_publication", "pg_publication_pubname_index", name);
  }

  /// Whether a table can be published: a permanent table of a user.
  public static boolean isPublishable(CatalogRow pgClass) {
    return pgClass.letter("relkind") == 'r'
        && pgClass.letter("relpersistence") == 'p'
        && !SystemOids.isSystem(pgClass.oid("oid"));
  }

  /// The oids of the tables that a publication has, in the order of their oids.
  public List<Integer> tables(CatalogRow publication) {
    int oid = publication.oid("oid");
    List<Integer> named = new ArrayList<>();
    for (CatalogRow row :
        reader.rows("pg_publication_rel", "pg_publication_rel_prpubid_index", oid)) {
      named.add(row.oid("prrelid"));
    }
    List<Integer> schemas = new ArrayList<>();
    for (CatalogRow row :
        reader.scan("pg_publication_namespace", each -> each.oid("pnpubid") == oid)) {
      schemas.add(row.oid("pnnspid"));
    }
    List<Integer> found = new ArrayList<>();
    boolean all = publication.bool("puballtables");
    for (CatalogRow row : reader.scan("pg_class", Publications::isPublishable)) {
      int table = row.oid("oid");
      if (all || named.contains(table) || schemas.contains(row.oid("relnamespace"))) {
        found.add(table);
      }
    }
    found.sort(Integer::compareUnsigned);
    return found;
  }
}
