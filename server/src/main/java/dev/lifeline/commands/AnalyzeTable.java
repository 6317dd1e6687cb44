package dev.lifeline.commands;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.AnalyzeScan;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.Table;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ColumnStatistics;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.StatisticsCatalog;
import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.AnalyzeProgress;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// ANALYZE of one table: reads a sample of its rows, makes statistics of their columns, and stores
/// them for the planner.
///
/// The sample is PostgreSQL's: 300 rows for each unit of the statistics target, from as many blocks
/// at most, which are picked at random; of the rows on them each has the same chance.
final class AnalyzeTable {
  private static final int ROWS_PER_TARGET = 300;

  private final CommandContext context;
  private final SessionContext session;
  private final Relation relation;
  private final Table table;
  private final TupleCodec codec;
  private final AnalyzeScan scan;
  private final List<Target> targets = new ArrayList<>();
  private final RandomGenerator random;
  private final @Nullable Detoaster detoaster;
  private final BlockSampler blocks;
  private final int[] picked;
  private final Batch rows;

  /// The tid of each sampled row.
  private final long[] tids;

  private final int blockCount;
  private int block;
  private long seen;
  private long blocksScanned;
  private String phase = "initializing";

  /// A column and its statistics target.
  private record Target(Relation.Column column, int target) {}

  /// What came out.
  ///
  /// @param rows estimated, of the whole table
  record Result(
      int pages,
      int pagesScanned,
      long live,
      long dead,
      int sampled,
      double rows,
      double deadRows) {}

  /// @param columns the names of those that are wanted; empty for all
  AnalyzeTable(CommandContext context, Relation relation, List<String> columns) {
    this.context = context;
    this.session = context.session();
    this.relation = relation;
    BackendCatalog catalog = context.catalog();
    this.table = catalog.table(relation);
    this.codec = RowDecoder.of(relation, session.evalContext());
    this.scan = new AnalyzeScan(table, session.xact());
    this.random = session.evalContext().random();
    Relation.Toast toast = relation.toast();
    this.detoaster = toast == null ? null : new Detoaster(catalog.toast(toast), codec);
    findTargets(columns);
    int most = targets.stream().mapToInt(Target::target).max().orElse(0);
    int wanted = Math.max(1, most) * ROWS_PER_TARGET;
    this.tids = new long[wanted];
    this.blockCount = table.blocks();
    this.blocks = new BlockSampler(blockCount, wanted, random);
    this.picked = new int[codec.attributes()];
    Arrays.fill(picked, -1);
    List<Rep> reps = new ArrayList<>();
    for (Target target : targets) {
      picked[target.column.attnum() - 1] = reps.size();
      reps.add(Types.get(target.column.typeOid()).rep());
    }
    this.rows = new Batch(reps, Math.min(wanted, Batch.TARGET_ROWS));
    this.block = blocks.next();
  }

  private void findTargets(List<String> columns) {
    int usual = (int) (long) session.gucs().get(Gucs.DEFAULT_STATISTICS_TARGET);
    for (CatalogRow row :
        context
            .catalog()
            .reader()
            .rows("pg_attribute", "pg_attribute_relid_attnum_index", relation.oid())) {
      int attnum = row.integer("attnum");
      if (attnum < 1 || row.bool("attisdropped")) {
        continue;
      }
      Relation.Column column = relation.column(attnum);
      int target = row.integer("attstattarget");
      if (target != 0 && (columns.isEmpty() || columns.contains(column.name()))) {
        targets.add(new Target(column, target < 0 ? usual : target));
      }
    }
    targets.sort(Comparator.comparingInt(target -> target.column.attnum()));
  }

  Future<Result> run() {
    VacuumDelay delay = new VacuumDelay(session);
    var reports = context.catalog().catalogs().shared().counters().analyzes;
    int pid = session.lockOwner().pid();
    reports.begin(pid, this::progress);
    phase = "acquiring sample rows";
    return AsyncLoop.whileTrue(() ->
            context
                .drive(() -> step(delay))
                .compose(more -> more ? delay.rest().map(true) : Future.succeededFuture(false))
                .compose(more ->
                    more ? session.timers().yieldTurn().map(true) : Future.succeededFuture(false)))
        .compose(ignored -> context.drive(this::fetchShort))
        .compose(ignored -> {
          phase = "computing statistics";
          return context.drive(this::store);
        })
        .compose(steps -> {
          phase = "finalizing analyze";
          return context.finish(steps);
        })
        .map(ignored -> result())
        .onComplete(ended -> reports.end(pid));
  }

  private AnalyzeProgress progress() {
    return new AnalyzeProgress(
        session.lockOwner().pid(),
        relation.file().dbOid(),
        relation.oid(),
        phase,
        Math.min(blockCount, tids.length),
        blocksScanned);
  }

  /// Looks at the next block of the sample.
  private boolean step(VacuumDelay delay) {
    if (block < 0) {
      return false;
    }
    try {
      scan.block(block, this::take);
    } catch (NotYet reading) {
      delay.page(true, false);
      throw reading;
    }
    delay.page(false, false);
    blocksScanned++;
    block = blocks.next();
    return true;
  }

  /// The first rows all; each later one in the place of another with the probability that makes all
  /// of them equal.
  private void take(long tid, MemorySegment memory, long offset, int length) {
    seen++;
    int at = rows.size();
    if (at < tids.length) {
      rows.setSize(at + 1);
    } else {
      long place = random.nextLong(seen);
      if (place >= tids.length) {
        return;
      }
      at = (int) place;
    }
    codec.deform(memory, offset, length, picked, rows, at);
    tids[at] = tid;
  }

  /// Values that are toasted but not long are wanted after all.
  private boolean fetchShort() {
    if (detoaster == null) {
      return true;
    }
    for (int attribute = 0; attribute < picked.length; attribute++) {
      if (picked[attribute] < 0 || rows.column(picked[attribute]).rep() != Rep.OBJECT) {
        continue;
      }
      int[] one = new int[picked.length];
      Arrays.fill(one, -1);
      one[attribute] = picked[attribute];
      for (int row = 0; row < rows.size(); row++) {
        if (rows.column(picked[attribute]).getObject(row) instanceof ToastedValue value
            && value.rawLength() <= ColumnSample.WIDTH_MAX) {
          detoaster.resolveRow(rows, row, one);
        }
      }
    }
    return true;
  }

  private double estimate(long counted) {
    return blocks.size() == 0 ? 0 : Math.floor((double) counted / blocks.size() * blockCount + 0.5);
  }

  private Result result() {
    return new Result(
        blockCount,
        blocks.size(),
        scan.live(),
        scan.dead(),
        rows.size(),
        estimate(scan.live()),
        estimate(scan.dead()));
  }

  private Steps store() {
    Steps steps = new Steps();
    CatalogWriter writer = context.writer(steps);
    RelationWriter relations = new RelationWriter(writer);
    double total = estimate(scan.live());
    long visible = scan.allVisible();
    relations.updateClass(
        relation.oid(),
        row ->
            row.set("relpages", (long) blockCount)
                .set("reltuples", total)
                .set("relallvisible", visible));
    for (Relation.Index index : relation.indexes()) {
      long pages = context.catalog().index(relation, index).blocks();
      relations.updateClass(index.oid(), row -> row.set("relpages", pages).set("reltuples", total));
    }
    if (rows.size() > 0) {
      storeStatistics(writer, total);
    }
    writer.endCommand(relation.oid());
    return steps;
  }

  private void storeStatistics(CatalogWriter writer, double total) {
    EvalContext defaults = session.evalContext().withDefaults();
    Integer[] order = new Integer[rows.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> tids[i]));
    for (Target target : targets) {
      PgType type = Types.get(target.column.typeOid());
      Column unordered = rows.column(picked[target.column.attnum() - 1]);
      Column column = new Column(type.rep(), order.length);
      for (int i = 0; i < order.length; i++) {
        column.copy(i, unordered, order[i]);
      }
      ColumnStatistics statistics =
          new ColumnSample(type, column, order.length, total, target.target)
              .statistics(target.column.attnum(), defaults);
      StatisticsCatalog.store(writer, relation.oid(), type, statistics);
    }
  }
}
