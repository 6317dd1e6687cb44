package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads and writes `pg_statistic`, and makes `pg_stats` of it.
public final class StatisticsCatalog {
  private static final String TABLE = "pg_statistic";
  private static final String INDEX = "pg_statistic_relid_att_inh_index";

  // The kinds of what is in a row's slots.
  private static final int KIND_COMMON = 1;
  private static final int KIND_HISTOGRAM = 2;
  private static final int KIND_CORRELATION = 3;
  private static final int SLOTS = 5;

  private StatisticsCatalog() {}

  /// The statistics of a relation's columns, by their numbers.
  static Map<Integer, ColumnStatistics> load(CatalogReader reader, int relation) {
    Map<Integer, ColumnStatistics> found = new HashMap<>();
    for (CatalogRow row : reader.rows(TABLE, INDEX, relation)) {
      found.put(row.integer("staattnum"), read(row));
    }
    return found;
  }

  private static ColumnStatistics read(CatalogRow row) {
    List<String> common = List.of();
    List<Double> frequencies = List.of();
    List<String> histogram = List.of();
    double correlation = Double.NaN;
    for (int slot = 1; slot <= SLOTS; slot++) {
      switch (row.integer("stakind" + slot)) {
        case KIND_COMMON -> {
          common = row.texts("stavalues" + slot);
          frequencies = row.reals("stanumbers" + slot);
        }
        case KIND_HISTOGRAM -> histogram = row.texts("stavalues" + slot);
        case KIND_CORRELATION -> correlation = row.reals("stanumbers" + slot).getFirst();
        default -> {}
      }
    }
    return new ColumnStatistics(
        row.integer("staattnum"),
        row.real("stanullfrac"),
        row.integer("stawidth"),
        row.real("stadistinct"),
        common,
        frequencies,
        histogram,
        correlation);
  }

  /// Adds the steps that store the statistics of a column, in the place of older ones.
  public static void store(
      CatalogWriter writer, int relation, PgType type, ColumnStatistics statistics) {
    writer
        .steps()
        .add(() -> {
          CatalogRow old =
              writer.catalog().reader().one(TABLE, INDEX, relation, (long) statistics.attnum());
          CatalogRow row = old == null ? writer.blank(TABLE) : old.copy();
          fill(row, relation, type, statistics);
          if (old == null) {
            writer.insert(row);
          } else {
            writer.update(row);
          }
        });
  }

  private static void fill(CatalogRow row, int relation, PgType type, ColumnStatistics statistics) {
    row.oid("starelid", relation)
        .set("staattnum", statistics.attnum())
        .set("stainherit", false)
        .set("stanullfrac", statistics.nullFraction())
        .set("stawidth", statistics.averageWidth())
        .set("stadistinct", statistics.distinct());
    for (int slot = 1; slot <= SLOTS; slot++) {
      row.set("stakind" + slot, 0)
          .oid("staop" + slot, 0)
          .oid("stacoll" + slot, 0)
          .setNull("stanumbers" + slot)
          .setNull("stavalues" + slot);
    }
    int slot = 1;
    if (!statistics.commonValues().isEmpty()) {
      slot(row, slot, KIND_COMMON, type);
      row.setReals("stanumbers" + slot, statistics.commonFrequencies())
          .setTexts("stavalues" + slot, statistics.commonValues());
      slot++;
    }
    if (!statistics.histogram().isEmpty()) {
      slot(row, slot, KIND_HISTOGRAM, type);
      row.setTexts("stavalues" + slot, statistics.histogram());
      slot++;
    }
    if (!Double.isNaN(statistics.correlation())) {
      slot(row, slot, KIND_CORRELATION, type);
      row.setReals("stanumbers" + slot, List.of(statistics.correlation()));
    }
  }

  private static void slot(CatalogRow row, int slot, int kind, PgType type) {
    row.set("stakind" + slot, kind).oid("stacoll" + slot, type.collationOid());
  }

  /// The rows of `pg_stats`: of the columns that the session may read.
  static List<Consumer<VirtualRow>> view(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow row : session.reader().scan(TABLE, r -> true)) {
      Relation relation = session.byOid(row.oid("starelid"));
      if (relation == null || !session.rights().mayUse(relation, Privilege.SELECT)) {
        continue;
      }
      Relation.Column column = relation.columns().get(row.integer("staattnum") - 1);
      if (!column.dropped()) {
        rows.add(out -> fill(out, row, relation, column));
      }
    }
    return rows;
  }

  private static void fill(
      VirtualRow out, CatalogRow row, Relation relation, Relation.Column column) {
    out.set("schemaname", relation.namespace())
        .set("tablename", relation.name())
        .set("attname", column.name())
        .copy("inherited", row, "stainherit")
        .copy("null_frac", row, "stanullfrac")
        .copy("avg_width", row, "stawidth")
        .copy("n_distinct", row, "stadistinct");
    for (int slot = 1; slot <= SLOTS; slot++) {
      switch (row.integer("stakind" + slot)) {
        case KIND_COMMON ->
            out.copy("most_common_vals", row, "stavalues" + slot)
                .copy("most_common_freqs", row, "stanumbers" + slot);
        case KIND_HISTOGRAM -> out.copy("histogram_bounds", row, "stavalues" + slot);
        case KIND_CORRELATION -> out.set("correlation", row.reals("stanumbers" + slot).getFirst());
        default -> {}
      }
    }
  }
}
