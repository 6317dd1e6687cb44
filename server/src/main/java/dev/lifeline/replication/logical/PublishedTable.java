package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a subscriber is told of a table, by the publications that it asked for.
final class PublishedTable {
  private final DecodedTable table;
  private final List<Relation.Publication> publications;
  private final List<Relation.Column> columns;
  private final RowFilter inserts;
  private final RowFilter updates;
  private final RowFilter deletes;
  private boolean described;

  private PublishedTable(
      DecodedTable table,
      List<Relation.Publication> publications,
      List<Relation.Column> columns,
      RowFilter inserts,
      RowFilter updates,
      RowFilter deletes) {
    this.table = table;
    this.publications = publications;
    this.columns = columns;
    this.inserts = inserts;
    this.updates = updates;
    this.deletes = deletes;
  }

  static PublishedTable of(
      DecodedTable table, List<String> wanted, SessionCatalog catalog, EvalContext context) {
    Relation relation = table.relation();
    List<Relation.Publication> publications =
        relation.replication().publications().stream()
            .filter(publication -> wanted.contains(publication.name()))
            .toList();
    List<Integer> listed = columnList(relation, publications);
    List<Relation.Column> columns =
        relation.columns().stream()
            .filter(column -> !column.dropped() && !column.isGenerated())
            .filter(column -> listed.isEmpty() || listed.contains(column.attnum()))
            .toList();
    return new PublishedTable(
        table,
        publications,
        columns,
        filter(table, publications, Relation.Publication::insert, catalog, context),
        filter(table, publications, Relation.Publication::update, catalog, context),
        filter(table, publications, Relation.Publication::delete, catalog, context));
  }

  private static RowFilter filter(
      DecodedTable table,
      List<Relation.Publication> publications,
      Predicate<Relation.Publication> kind,
      SessionCatalog catalog,
      EvalContext context) {
    return RowFilter.of(table, publications.stream().filter(kind).toList(), catalog, context);
  }

  private static List<Integer> columnList(
      Relation relation, List<Relation.Publication> publications) {
    Set<Set<Integer>> lists = new HashSet<>();
    List<Integer> list = List.of();
    for (Relation.Publication publication : publications) {
      list = publication.columns();
      lists.add(new HashSet<>(list));
    }
    if (lists.size() > 1) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot use different column lists for table \"%s.%s\" in different publications",
          relation.namespace(),
          relation.name());
    }
    return list;
  }

  DecodedTable table() {
    return table;
  }

  /// The columns that are told.
  List<Relation.Column> columns() {
    return columns;
  }

  boolean wasDescribed() {
    return described;
  }

  void described() {
    described = true;
  }

  boolean truncates() {
    return publications.stream().anyMatch(Relation.Publication::truncate);
  }

  private boolean publishes(Change.Kind kind) {
    return publications.stream()
        .anyMatch(publication ->
            switch (kind) {
              case INSERT -> publication.insert();
              case UPDATE -> publication.update();
              case DELETE -> publication.delete();
              default -> false;
            });
  }

  /// What is told of a change.
  record Told(Change.Kind kind, DecodedTable.@Nullable Row old, DecodedTable.@Nullable Row now) {}

  /// Null where nothing is told. An update that moves a row over the border of the filter is told
  /// as an insert or a delete.
  @Nullable Told decide(OutputPlugin.RowChange change) {
    DecodedTable.Row old = change.old();
    DecodedTable.Row now = change.now();
    if (!publishes(change.kind())) {
      return null;
    }
    return switch (change.kind()) {
      case INSERT ->
          now != null && inserts.accepts(now) ? new Told(Change.Kind.INSERT, null, now) : null;
      case UPDATE -> now == null ? null : update(old, now);
      case DELETE ->
          old != null && deletes.accepts(old) ? new Told(Change.Kind.DELETE, old, null) : null;
      default -> null;
    };
  }

  private @Nullable Told update(DecodedTable.@Nullable Row old, DecodedTable.Row now) {
    if (updates.isEmpty()) {
      return new Told(Change.Kind.UPDATE, old, now);
    }
    if (old == null) {
      return updates.accepts(now) ? new Told(Change.Kind.UPDATE, null, now) : null;
    }
    DecodedTable.Row whole = now.completedBy(old);
    boolean before = updates.accepts(old);
    boolean after = updates.accepts(whole);
    if (before && after) {
      return new Told(Change.Kind.UPDATE, old, whole);
    }
    if (after) {
      return new Told(Change.Kind.INSERT, null, whole);
    }
    return before ? new Told(Change.Kind.DELETE, old, null) : null;
  }
}
