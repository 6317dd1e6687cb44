package dev.lifeline.commands;

import dev.lifeline.access.heap.HeapRewrite;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.activity.ClusterProgress;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Gives a table, its long values and its indexes new files, without the room that dead rows took:
/// what VACUUM FULL and CLUSTER have in common.
///
/// The old files are dropped, and the new ones stay, when the transaction commits; a crash before
/// that leaves the table as it was. The caller has locked the table so that nobody else uses it.
final class RewriteTable {
  /// The lock that it needs.
  static final LockMode LOCK = LockMode.ACCESS_EXCLUSIVE;

  private final CommandContext context;
  private final SessionContext session;
  private final BackendCatalog catalog;
  private final String command;
  private final boolean verbose;

  private String phase = "initializing";
  private int indexesRebuilt;
  private @Nullable HeapRewrite heap;

  /// @param command as `pg_stat_progress_cluster` calls it
  RewriteTable(CommandContext context, String command, boolean verbose) {
    this.context = context;
    this.session = context.session();
    this.catalog = context.catalog();
    this.command = command;
    this.verbose = verbose;
  }

  /// What came out.
  record Result(
      int pagesBefore, int pages, long removed, long kept, long recentlyDead, long oldestXmin) {}

  /// Rewrites a table.
  ///
  /// @param order the index that gives the order of the rows; null to leave it
  Future<Result> run(Relation table, Relation.@Nullable Index order) {
    long beganNanos = session.clock().nanoTime();
    long oldestXmin = catalog.catalogs().shared().transactions().oldestXmin();
    var reports = catalog.catalogs().shared().counters().rewrites;
    int pid = session.lockOwner().pid();
    reports.begin(pid, () -> progress(table, order));
    Steps steps = new Steps();
    CatalogWriter writer = context.writer(steps);
    Copy copy = new Copy(writer, table, order, oldestXmin);
    copy.add();
    Relation.Toast toast = table.toast();
    if (toast != null) {
      steps.add(() -> {
        Relation values = catalog.byOid(toast.oid());
        if (values != null) {
          new Copy(writer, values, null, oldestXmin).add();
        }
      });
    }
    if (verbose) {
      begin(table, order);
    }
    return context
        .finish(steps)
        .map(ignored -> {
          Result result = copy.result();
          if (verbose) {
            tell(table, result, (session.clock().nanoTime() - beganNanos) / 1e9);
          }
          return result;
        })
        .onComplete(ended -> reports.end(pid));
  }

  /// The rewrite of one table: the one that was named, or that of its long values.
  private final class Copy {
    private final CatalogWriter writer;
    private final Relation table;
    private final Relation.@Nullable Index order;
    private final long oldestXmin;
    private final TimeSlice slice = new TimeSlice(session);
    private @Nullable HeapRewrite rewrite;
    private int pages;

    Copy(CatalogWriter writer, Relation table, Relation.@Nullable Index order, long oldestXmin) {
      this.writer = writer;
      this.table = table;
      this.order = order;
      this.oldestXmin = oldestXmin;
    }

    void add() {
      Table from = catalog.table(table);
      BTree index = order == null ? null : catalog.index(table, order);
      new RelationWriter(writer).replaceTableFile(table);
      writer.endCommandWithNames(false);
      writer
          .steps()
          .add(() -> {
            Table to = catalog.table(Objects.requireNonNull(catalog.byOid(table.oid())));
            rewrite =
                new HeapRewrite(from, to, table.fillfactor(), session.xact(), oldestXmin, index);
            if (heap == null) {
              heap = rewrite;
            }
            writer.steps().add(this::copy).add(() -> copied(to));
          });
    }

    private void copy() {
      HeapRewrite current = Objects.requireNonNull(rewrite);
      phase = current.followsIndex() ? "index scanning heap" : "seq scanning heap";
      while (current.step()) {
        session.checkForInterrupts();
        slice.run();
        phase = current.followsIndex() ? "index scanning heap" : "seq scanning heap";
      }
    }

    private void copied(Table to) {
      phase = "swapping relation files";
      pages = to.blocks();
      HeapRewrite done = Objects.requireNonNull(rewrite);
      new RelationWriter(writer)
          .updateClass(
              table.oid(),
              row ->
                  row.set("relpages", pages)
                      .set("reltuples", (double) done.kept())
                      .set("relallvisible", 0L)
                      .set("relfrozenxid", oldestXmin));
      writer.endCommand(table.oid());
      for (Relation.Index index : table.indexes()) {
        rebuild(index);
      }
      writer.steps().add(() -> phase = "performing final cleanup");
    }

    private void rebuild(Relation.Index index) {
      writer.steps().add(() -> phase = "rebuilding index");
      new RelationWriter(writer).replaceFile(index);
      writer.endCommandWithNames(false);
      new DefineIndex(context).fill(writer, table.oid(), index.oid(), null);
      writer.steps().add(() -> indexesRebuilt++);
    }

    Result result() {
      HeapRewrite done = Objects.requireNonNull(rewrite);
      return new Result(
          done.blocks(), pages, done.removed(), done.kept(), done.recentlyDead(), oldestXmin);
    }
  }

  private ClusterProgress progress(Relation table, Relation.@Nullable Index order) {
    HeapRewrite current = heap;
    return new ClusterProgress(
        session.lockOwner().pid(),
        table.file().dbOid(),
        table.oid(),
        command,
        phase,
        order == null ? 0 : order.oid(),
        current == null ? 0 : current.scanned(),
        current == null ? 0 : current.written(),
        current == null ? 0 : current.blocks(),
        current == null ? 0 : current.blocksScanned(),
        indexesRebuilt);
  }

  private void begin(Relation table, Relation.@Nullable Index order) {
    String name = "\"" + table.namespace() + "." + table.name() + "\"";
    info(
        order == null
            ? "vacuuming " + name
            : "clustering " + name + " using index scan on \"" + order.name() + "\"",
        null);
  }

  private void tell(Relation table, Result result, double seconds) {
    info(
        String.format(
            Locale.ROOT,
            "\"%s.%s\": found %d removable, %d nonremovable row versions in %d pages",
            table.namespace(),
            table.name(),
            result.removed(),
            result.kept(),
            result.pagesBefore()),
        String.format(
            Locale.ROOT,
            "%d dead row versions cannot be removed yet.\nelapsed: %.2f s.",
            result.recentlyDead(),
            seconds));
  }

  private void info(String message, @Nullable String detail) {
    PgException info = new PgException(Severity.INFO, SqlState.SUCCESSFUL_COMPLETION, message);
    session.notice(detail == null ? info : info.detail("%s", detail));
  }

  /// The system catalogs are in files with fixed numbers.
  static void refuseSystem(String command, Relation table) {
    if (SystemOids.isSystem(table.oid())) {
      throw PgException.notSupported(command + " of a system catalog");
    }
  }
}
