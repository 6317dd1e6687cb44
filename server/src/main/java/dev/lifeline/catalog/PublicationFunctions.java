package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What SQL can ask of publications: `pg_get_publication_tables`, `pg_publication_tables` and
/// others, which subscribers of PostgreSQL ask, too.
final class PublicationFunctions {
  private PublicationFunctions() {}

  static @Nullable Object isPublishable(BackendCatalog catalog, int oid) {
    CatalogRow row = catalog.reader().one("pg_class", "pg_class_oid_index", oid);
    return row == null ? null : (Object) Publications.isPublishable(row);
  }

  /// The index that identifies rows for subscribers.
  static @Nullable Object replicaIdentityIndex(BackendCatalog catalog, int oid) {
    CatalogRow row = catalog.reader().one("pg_class", "pg_class_oid_index", oid);
    if (row == null) {
      return null;
    }
    char identity = row.letter("relreplident");
    String flag = identity == 'i' ? "indisreplident" : "indisprimary";
    if (identity == 'd' || identity == 'i') {
      for (CatalogRow index : catalog.reader().rows("pg_index", "pg_index_indrelid_index", oid)) {
        if (index.bool(flag)) {
          return Integer.toUnsignedLong(index.oid("indexrelid"));
        }
      }
    }
    return null;
  }

  /// A table of a publication, as it is published there.
  private record Published(Relation relation, Relation.Publication publication) {
    List<Relation.Column> columns() {
      List<Integer> listed = publication.columns();
      return relation.columns().stream()
          .filter(column -> !column.dropped())
          .filter(column -> listed.isEmpty() || listed.contains(column.attnum()))
          .toList();
    }
  }

  private static List<Published> published(BackendCatalog catalog, CatalogRow publication) {
    List<Published> found = new ArrayList<>();
    for (int oid : new Publications(catalog.reader()).tables(publication)) {
      Relation relation = catalog.byOid(oid);
      if (relation != null) {
        for (Relation.Publication one : relation.replication().publications()) {
          if (one.name().equals(publication.text("pubname"))) {
            found.add(new Published(relation, one));
          }
        }
      }
    }
    return found;
  }

  /// `pg_get_publication_tables`
  static ServerRows tables(BackendCatalog catalog, String name) {
    CatalogRow publication = new Publications(catalog.reader()).byName(name);
    if (publication == null) {
      throw PgException.error(SqlState.UNDEFINED_OBJECT, "publication \"%s\" does not exist", name);
    }
    ServerRows rows = new ServerRows();
    for (Published each : published(catalog, publication)) {
      String filter = each.publication().rowFilter();
      rows.add(
          Integer.toUnsignedLong(each.relation().oid()),
          numbers(each.columns().stream().map(Relation.Column::attnum).toList()),
          filter == null ? null : Text.of(filter));
    }
    return rows;
  }

  private static PgArray numbers(List<Integer> numbers) {
    Column elements = new Column(Rep.LONG, Math.max(1, numbers.size()));
    for (int i = 0; i < numbers.size(); i++) {
      elements.setLong(i, numbers.get(i));
    }
    return PgArray.of(Types.get(Types.INT2), new int[] {numbers.size()}, new int[] {0}, elements);
  }

  /// `pg_publication_tables`
  static List<Consumer<VirtualRow>> view(BackendCatalog catalog) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow publication : catalog.reader().scan("pg_publication", row -> true)) {
      for (Published each : published(catalog, publication)) {
        rows.add(row ->
            row.set("pubname", publication.text("pubname"))
                .set("schemaname", each.relation().namespace())
                .set("tablename", each.relation().name())
                .setTexts("attnames", each.columns().stream().map(Relation.Column::name).toList())
                .set("rowfilter", each.publication().rowFilter()));
      }
    }
    return rows;
  }
}
