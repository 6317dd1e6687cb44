package dev.lifeline.catalog;

import dev.lifeline.utils.activity.BlockCounters;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.RelationCounters;
import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.adt.EvalContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The views over the counters of tables, indexes and sequences: `pg_stat_*_tables`, `_indexes`,
/// and `pg_statio_*`.
final class RelationStatisticsViews {
  private RelationStatisticsViews() {}

  static void register(VirtualTables tables) {
    tables("all", tables, schema -> true);
    tables("sys", tables, RelationStatisticsViews::system);
    tables("user", tables, schema -> !system(schema));
  }

  private static boolean system(String schema) {
    return schema.equals("pg_catalog")
        || schema.equals("information_schema")
        || schema.startsWith("pg_toast");
  }

  private static void tables(String which, VirtualTables into, Predicate<String> schemas) {
    add(into, "pg_stat_" + which + "_tables", schemas, Snapshot::tables);
    add(into, "pg_stat_" + which + "_indexes", schemas, Snapshot::indexes);
    add(into, "pg_statio_" + which + "_tables", schemas, Snapshot::tableBlocks);
    add(into, "pg_statio_" + which + "_indexes", schemas, Snapshot::indexBlocks);
    add(into, "pg_statio_" + which + "_sequences", schemas, Snapshot::sequenceBlocks);
  }

  /// What fills the rows of one of the views.
  private interface Rows {
    List<Consumer<VirtualRow>> of(Snapshot snapshot);
  }

  private static void add(VirtualTables into, String name, Predicate<String> schemas, Rows rows) {
    into.register(name, new BuiltTable(name, session -> rows.of(new Snapshot(session, schemas))));
  }

  /// A relation that the view is about.
  private record Entry(
      int oid, String schema, String name, char kind, boolean shared, long relNumber, int toast) {}

  /// How many blocks were fetched, and how many of these read.
  private record Blocks(long fetched, long read) {
    Blocks plus(Blocks other) {
      return new Blocks(fetched + other.fetched, read + other.read);
    }

    long hit() {
      return Math.max(0, fetched - read);
    }
  }

  /// The catalogs as the query sees them, and the counters of now.
  private static final class Snapshot {
    private final Counters counters;
    private final int databaseOid;
    private final Predicate<String> schemas;
    private final Map<Integer, Entry> classes = new HashMap<>();
    private final Map<Integer, List<Integer>> indexesOf = new HashMap<>();
    private final List<Entry> order = new ArrayList<>();

    Snapshot(BackendCatalog session, Predicate<String> schemas) {
      this.counters = session.catalogs().shared().counters();
      this.databaseOid = session.databaseOid();
      this.schemas = schemas;
      for (CatalogRow row :
          session.reader().scan("pg_class", r -> "rtmiS".indexOf(r.letter("relkind")) >= 0)) {
        String schema = session.namespaceName(row.oid("relnamespace"));
        Entry entry =
            new Entry(
                row.oid("oid"),
                schema == null ? "" : schema,
                row.text("relname"),
                row.letter("relkind"),
                row.bool("relisshared"),
                Integer.toUnsignedLong(row.oid("relfilenode")),
                row.oid("reltoastrelid"));
        classes.put(entry.oid, entry);
        order.add(entry);
      }
      for (CatalogRow row : session.reader().scan("pg_index", r -> true)) {
        indexesOf
            .computeIfAbsent(row.oid("indrelid"), oid -> new ArrayList<>())
            .add(row.oid("indexrelid"));
      }
    }

    private List<Entry> shown(String kinds) {
      return order.stream()
          .filter(e -> kinds.indexOf(e.kind) >= 0 && schemas.test(e.schema))
          .toList();
    }

    private List<Entry> indexes(Entry table) {
      List<Entry> found = new ArrayList<>();
      Set<Integer> seen = new HashSet<>();
      for (int oid : indexesOf.getOrDefault(table.oid, List.of())) {
        Entry index = classes.get(oid);
        if (index != null && seen.add(oid)) {
          found.add(index);
        }
      }
      return found;
    }

    private RelationStatistics statistics(Entry entry) {
      RelationCounters found = counters.find(entry.shared ? 0 : databaseOid, entry.oid);
      return found == null ? RelationStatistics.NONE : found.read();
    }

    private Blocks blocks(Entry entry) {
      RelationStatistics before = statistics(entry);
      BlockCounters.Entry now =
          counters.blocks.find(entry.shared ? 0 : databaseOid, entry.relNumber);
      return new Blocks(
          before.blocksFetched() + (now == null ? 0 : now.fetched()),
          before.blocksRead() + (now == null ? 0 : now.read()));
    }

    private Blocks indexBlocks(Entry table) {
      Blocks sum = new Blocks(0, 0);
      for (Entry index : indexes(table)) {
        sum = sum.plus(blocks(index));
      }
      return sum;
    }

    List<Consumer<VirtualRow>> tables() {
      List<Consumer<VirtualRow>> rows = new ArrayList<>();
      for (Entry table : shown("rtm")) {
        rows.add(row -> table(row, table));
      }
      return rows;
    }

    private void table(VirtualRow row, Entry table) {
      RelationStatistics s = statistics(table);
      row.oid("relid", table.oid)
          .set("schemaname", table.schema)
          .set("relname", table.name)
          .set("seq_scan", s.scans())
          .set("seq_tup_read", s.tuplesReturned())
          .set("n_tup_ins", s.tuplesInserted())
          .set("n_tup_upd", s.tuplesUpdated())
          .set("n_tup_del", s.tuplesDeleted())
          .set("n_tup_hot_upd", s.tuplesHotUpdated())
          .set("n_live_tup", s.liveTuples())
          .set("n_dead_tup", s.deadTuples())
          .set("n_mod_since_analyze", s.modifiedSinceAnalyze())
          .set("n_ins_since_vacuum", s.insertedSinceVacuum())
          .set("vacuum_count", s.vacuumCount())
          .set("autovacuum_count", s.autovacuumCount())
          .set("analyze_count", s.analyzeCount())
          .set("autoanalyze_count", s.autoanalyzeCount());
      time(row, "last_vacuum", s.lastVacuum());
      time(row, "last_autovacuum", s.lastAutovacuum());
      time(row, "last_analyze", s.lastAnalyze());
      time(row, "last_autoanalyze", s.lastAutoanalyze());
      List<Entry> indexes = indexes(table);
      if (!indexes.isEmpty()) {
        long scans = 0;
        long fetched = s.tuplesFetched();
        for (Entry index : indexes) {
          RelationStatistics of = statistics(index);
          scans += of.scans();
          fetched += of.tuplesFetched();
        }
        row.set("idx_scan", scans).set("idx_tup_fetch", fetched);
      }
    }

    List<Consumer<VirtualRow>> indexes() {
      List<Consumer<VirtualRow>> rows = new ArrayList<>();
      for (Entry table : shown("rtm")) {
        for (Entry index : indexes(table)) {
          RelationStatistics s = statistics(index);
          rows.add(row ->
              indexNames(row, table, index)
                  .set("idx_scan", s.scans())
                  .set("idx_tup_read", s.tuplesReturned())
                  .set("idx_tup_fetch", s.tuplesFetched()));
        }
      }
      return rows;
    }

    private static VirtualRow indexNames(VirtualRow row, Entry table, Entry index) {
      return row.oid("relid", table.oid)
          .oid("indexrelid", index.oid)
          .set("schemaname", table.schema)
          .set("relname", table.name)
          .set("indexrelname", index.name);
    }

    List<Consumer<VirtualRow>> tableBlocks() {
      List<Consumer<VirtualRow>> rows = new ArrayList<>();
      for (Entry table : shown("rtm")) {
        Blocks heap = blocks(table);
        rows.add(row -> {
          row.oid("relid", table.oid)
              .set("schemaname", table.schema)
              .set("relname", table.name)
              .set("heap_blks_read", heap.read)
              .set("heap_blks_hit", heap.hit());
          if (!indexes(table).isEmpty()) {
            Blocks indexes = indexBlocks(table);
            row.set("idx_blks_read", indexes.read).set("idx_blks_hit", indexes.hit());
          }
          Entry toast = classes.get(table.toast);
          if (toast != null) {
            Blocks out = blocks(toast);
            Blocks outIndex = indexBlocks(toast);
            row.set("toast_blks_read", out.read)
                .set("toast_blks_hit", out.hit())
                .set("tidx_blks_read", outIndex.read)
                .set("tidx_blks_hit", outIndex.hit());
          }
        });
      }
      return rows;
    }

    List<Consumer<VirtualRow>> indexBlocks() {
      List<Consumer<VirtualRow>> rows = new ArrayList<>();
      for (Entry table : shown("rtm")) {
        for (Entry index : indexes(table)) {
          Blocks blocks = blocks(index);
          rows.add(row ->
              indexNames(row, table, index)
                  .set("idx_blks_read", blocks.read)
                  .set("idx_blks_hit", blocks.hit()));
        }
      }
      return rows;
    }

    List<Consumer<VirtualRow>> sequenceBlocks() {
      List<Consumer<VirtualRow>> rows = new ArrayList<>();
      for (Entry sequence : shown("S")) {
        Blocks blocks = blocks(sequence);
        rows.add(row ->
            row.oid("relid", sequence.oid)
                .set("schemaname", sequence.schema)
                .set("relname", sequence.name)
                .set("blks_read", blocks.read)
                .set("blks_hit", blocks.hit()));
      }
      return rows;
    }
  }

  static void time(VirtualRow row, String column, long micros) {
    if (micros != 0) {
      row.set(column, micros - EvalContext.EPOCH_SHIFT);
    }
  }
}
