package dev.lifeline.commands;

import dev.lifeline.access.nbtree.BTreeBuilder;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.activity.CreateIndexProgress;
import dev.lifeline.utils.activity.ProgressReports;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Fills a new index from the rows of its table, under a lock that keeps writers out. A step:
/// called again after each wait, it goes on where it was.
final class IndexBuild implements Runnable {
  private final CommandContext context;
  private final Relation relation;
  private final Relation.Index index;
  private final Table table;
  private final IndexEntries entries;
  private final BTreeBuilder builder;
  private final TimeSlice slice;
  private boolean scanned;
  private long rows;
  private long blocksDone;
  private @Nullable IndexEntries search;

  /// @param command as `pg_stat_progress_create_index` calls it; null where the command has a
  ///   report of its own
  IndexBuild(
      CommandContext context,
      Relation relation,
      Relation.Index index,
      long memoryMax,
      @Nullable String command) {
    this.context = context;
    this.relation = relation;
    this.index = index;
    this.table = context.catalog().table(relation);
    this.slice = new TimeSlice(context.session());
    this.entries = newEntries();
    BackendCatalog catalog = context.catalog();
    this.builder =
        catalog
            .catalogs()
            .btree()
            .builder(
                context.session().xact(),
                catalog.index(relation, index),
                index.unique() ? this::isLive : null,
                memoryMax,
                index.fillfactor(),
                slice);
    if (command != null) {
      report(command);
    }
  }

  /// Until the transaction ends, or the index is built.
  private void report(String command) {
    context.session().xact().addListener((xact, committed) -> reports().end(pid()));
    reports()
        .begin(
            pid(),
            () ->
                new CreateIndexProgress(
                    pid(),
                    relation.file().dbOid(),
                    relation.oid(),
                    index.oid(),
                    command,
                    builder.phase(),
                    table.blocks(),
                    Math.min(blocksDone, table.blocks()),
                    rows,
                    Math.min(builder.loaded(), rows)));
  }

  private ProgressReports<CreateIndexProgress> reports() {
    return context.catalog().catalogs().shared().counters().indexBuilds;
  }

  private int pid() {
    return context.session().lockOwner().pid();
  }

  private IndexEntries newEntries() {
    return new IndexEntries(
        context.catalog(),
        relation,
        index,
        context.session().evalContext(),
        table.indexBuildScan(context.session().xact()));
  }

  /// How many rows the index leads to.
  long rows() {
    return rows;
  }

  @Override
  public void run() {
    while (!scanned) {
      builder.drain();
      context.session().checkForInterrupts();
      slice.run();
      scanned = !entries.page(this::add);
      blocksDone++;
    }
    while (!builder.finish()) {
      byte[] conflict = builder.conflict();
      if (conflict != null) {
        throw duplicate(conflict);
      }
    }
    reports().end(pid());
  }

  private void add(byte[] key, long tid, boolean canConflict) {
    builder.add(key, tid, canConflict);
    rows++;
  }

  private boolean isLive(long tid) {
    Snapshot now = context.session().xact().latestSnapshot();
    return table.fetch(context.session().xact(), now, tid, TupleSink.NONE) == FetchResult.FOUND;
  }

  private PgException duplicate(byte[] conflict) {
    return PgException.error(
            SqlState.UNIQUE_VIOLATION, "could not create unique index \"%s\"", index.name())
        .detail(
            "Key (%s)=(%s) is duplicated.",
            entries.form().describeNames(relation), values(conflict))
        .table(relation.namespace(), relation.name())
        .constraint(index.name());
  }

  /// The values that the duplicate key stands for: read from a row that has it.
  private String values(byte[] conflict) {
    IndexEntries again = search;
    if (again == null) {
      again = newEntries();
      search = again;
    }
    IndexEntries searching = again;
    String[] found = {""};
    boolean more = true;
    while (more && found[0].isEmpty()) {
      more =
          searching.page((key, tid, canConflict) -> {
            if (Arrays.equals(key, conflict)) {
              found[0] = searching.describeKey(context.session().evalContext());
            }
          });
    }
    return found[0];
  }
}
