package dev.lifeline.access.heap;

import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.VacuumProgress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Vacuums one table and its indexes: prunes every page, removes the index entries of dead row
/// versions, then their line pointers, notes the free space, and cuts off empty pages at the end.
///
/// The work is cut into steps of about a page, so that the event loop of the worker is not held up
/// and a vacuum can be cancelled between any two of them. The caller holds a
/// ShareUpdateExclusiveLock on the table.
///
/// ```java
/// while (vacuum.step()) { ... }   // NotYet as everywhere
/// VacuumReport report = vacuum.report();
/// ```
public final class Vacuum {
  /// Dead tids that are remembered before the indexes are gone over: 64 MB of them, which is the
  /// default of `maintenance_work_mem`.
  private static final int DEAD_TIDS_MAX = 8 << 20;

  /// The part of the pages that may have dead line pointers without a pass over the indexes.
  private static final double BYPASS_PAGES = 0.02;

  /// 32 MB of them, six bytes each.
  private static final int BYPASS_DEAD_TIDS_MAX = (32 << 20) / 6;

  private enum Phase {
    BEGIN,
    SCAN_HEAP,
    VACUUM_INDEXES,
    VACUUM_HEAP,
    TRUNCATE,
    DONE
  }

  private final HeapAccess heap;
  private final LockOwner owner;
  private final VacuumOptions options;
  private final List<? extends Index> indexes;
  private final VacuumCounters counters;
  private final VacuumHeapPass heapPass;
  private final VacuumTruncation truncation;
  private final DeadTids dead = new DeadTids();
  private final Emitter emitter;
  private final Clock clock;
  private final long[] indexRemoved;
  private final @Nullable BulkDelete[] lastPasses;

  private Phase phase = Phase.BEGIN;
  private boolean heapScanned;
  private int index;
  private @Nullable BulkDelete pass;
  private int deadDone;

  /// How many blocks of the table the second pass has gone over.
  private int blocksVacuumed;

  /// The indexes were not worth a pass.
  private boolean bypassed;

  /// Nothing more is to be cut off.
  private boolean cut;

  private long startedNanos;
  private long startedEvent;

  /// Prepares it; the first step begins.
  ///
  /// @param owner whose relation lock is made an AccessExclusiveLock for a moment, where the end of
  ///   the table is cut off
  public Vacuum(
      HeapAccess heap,
      Table table,
      List<? extends Index> indexes,
      LockOwner owner,
      VacuumOptions options) {
    HeapTable heapTable = (HeapTable) table;
    this.heap = heap;
    this.owner = owner;
    this.options = options;
    this.indexes = List.copyOf(indexes);
    this.counters = new VacuumCounters();
    this.heapPass = new VacuumHeapPass(heapTable, counters, dead, deadItems(), options);
    int guard = options.guard() == 0 ? heapTable.relation() : options.guard();
    this.truncation = new VacuumTruncation(heapTable, guard, options.gated(), owner, counters);
    this.emitter = heap.shared().environment().emitter();
    this.clock = heap.shared().environment().clock();
    this.indexRemoved = new long[indexes.size()];
    this.lastPasses = new BulkDelete[indexes.size()];
  }

  private VacuumHeapPass.DeadItems deadItems() {
    if (indexes.isEmpty()) {
      return VacuumHeapPass.DeadItems.FREE;
    }
    return options.indexCleanup() == IndexCleanup.OFF
        ? VacuumHeapPass.DeadItems.LEAVE
        : VacuumHeapPass.DeadItems.COLLECT;
  }

  /// Does the next piece of work.
  ///
  /// @return false when all is done
  /// @throws dev.lifeline.utils.NotYet while a page is read
  public boolean step() {
    heap.wal.reserve();
    long walBefore = heap.wal.insertLsn();
    long nanos = clock.nanoTime();
    Phase working = phase;
    try {
      return switch (phase) {
        case BEGIN -> begin();
        case SCAN_HEAP -> scanHeap();
        case VACUUM_INDEXES -> vacuumIndexes();
        case VACUUM_HEAP -> vacuumHeap();
        case TRUNCATE -> truncate();
        case DONE -> false;
      };
    } finally {
      counters.walBytes += heap.wal.insertLsn() - walBefore;
      spent(working, clock.nanoTime() - nanos);
    }
  }

  private void spent(Phase working, long nanos) {
    switch (working) {
      case SCAN_HEAP -> counters.heapScanNanos += nanos;
      case VACUUM_INDEXES -> counters.indexNanos += nanos;
      case VACUUM_HEAP -> counters.heapVacuumNanos += nanos;
      case TRUNCATE -> counters.truncateNanos += nanos;
      case BEGIN, DONE -> {}
    }
  }

  private boolean begin() {
    startedNanos = clock.nanoTime();
    counters.oldestXmin = heap.transactions.oldestXmin();
    counters.oldestKept = counters.oldestXmin;
    counters.freezeLimit =
        Math.max(Xact.FIRST_NORMAL_XID, counters.oldestXmin - options.freezeMinAge());
    startedEvent =
        emitter.emit(
            owner.subject(),
            new VacuumEvent.Started(
                options.database(), options.schema(), options.table(), options.autovacuum()),
            options.cause());
    heap.shared().counters().vacuums.begin(owner.pid(), this::progress);
    phase = Phase.SCAN_HEAP;
    return true;
  }

  /// How far it is.
  private VacuumProgress progress() {
    return new VacuumProgress(
        owner.pid(),
        heapPass.table().file().dbOid(),
        heapPass.table().relation(),
        switch (phase) {
          case BEGIN -> "initializing";
          case SCAN_HEAP -> "scanning heap";
          case VACUUM_INDEXES -> "vacuuming indexes";
          case VACUUM_HEAP -> "vacuuming heap";
          case TRUNCATE -> "truncating heap";
          case DONE -> "performing final cleanup";
        },
        heapPass.blocks(),
        counters.pagesScanned,
        blocksVacuumed,
        counters.indexScans,
        DEAD_TIDS_MAX,
        dead.size());
  }

  private boolean scanHeap() {
    heapScanned = !heapPass.scanPage();
    if (heapScanned || dead.size() >= DEAD_TIDS_MAX) {
      startIndexes();
    }
    return true;
  }

  /// Without dead row versions there is nothing to look for in the indexes.
  private void startIndexes() {
    index = 0;
    deadDone = 0;
    if (mayBypass()) {
      bypassed = true;
      dead.clear();
    }
    if (dead.isEmpty()) {
      phase = heapScanned ? Phase.TRUNCATE : Phase.SCAN_HEAP;
    } else {
      counters.indexScans++;
      phase = Phase.VACUUM_INDEXES;
    }
  }

  /// So few dead line pointers on so few pages cost less than a pass over all indexes: they are
  /// left for the next vacuum, together with those that come until then. PostgreSQL's limits.
  private boolean mayBypass() {
    return options.indexCleanup() == IndexCleanup.AUTO
        && heapScanned
        && counters.indexScans == 0
        && counters.deadItemPages < heapPass.blocks() * BYPASS_PAGES
        && dead.size() < BYPASS_DEAD_TIDS_MAX;
  }

  /// Index entries lead to dead line pointers that stay: their pages must not be cut off.
  private boolean leavesDead() {
    return counters.deadItems > 0 && (bypassed || deadItems() == VacuumHeapPass.DeadItems.LEAVE);
  }

  private boolean vacuumIndexes() {
    if (index == indexes.size()) {
      phase = Phase.VACUUM_HEAP;
      return true;
    }
    BulkDelete current = pass;
    if (current == null) {
      current = indexes.get(index).bulkDelete(dead);
      pass = current;
    }
    if (!current.step()) {
      indexRemoved[index] += current.removed();
      lastPasses[index] = current;
      pass = null;
      index++;
    }
    return true;
  }

  private boolean vacuumHeap() {
    if (deadDone < dead.size()) {
      deadDone = heapPass.freeDead(deadDone);
      blocksVacuumed = Tid.block(dead.get(deadDone - 1)) + 1;
      return true;
    }
    dead.clear();
    phase = heapScanned ? Phase.TRUNCATE : Phase.SCAN_HEAP;
    return true;
  }

  private boolean truncate() {
    if (!cut && options.truncate() && !leavesDead() && truncation.step(heapPass.nonEmptyBlocks())) {
      return true;
    }
    cut = true;
    counters.pagesVisible = heapPass.table().visible().countVisible();
    phase = Phase.DONE;
    counters.pages = heapPass.blocks() - counters.pagesRemoved;
    completed();
    return false;
  }

  private void completed() {
    heap.shared().counters().vacuums.end(owner.pid());
    VacuumReport report = report();
    emitter.emit(
        owner.subject(),
        new VacuumEvent.Completed(
            options.database(),
            options.schema(),
            options.table(),
            options.autovacuum(),
            report.pagesRemoved(),
            report.pagesRemaining(),
            0,
            report.tuplesRemoved(),
            report.tuplesRemaining(),
            report.tuplesDeadNotYet(),
            report.indexScans(),
            report.oldestXmin(),
            report.walRecords(),
            0,
            report.walBytes(),
            counters.heapScanNanos / 1e6,
            counters.indexNanos / 1e6,
            counters.heapVacuumNanos / 1e6,
            counters.truncateNanos / 1e6,
            report.elapsedMs()),
        startedEvent);
  }

  /// What it did, and what `pg_class` should say about the table and its indexes: once [#step] has
  /// returned false.
  public VacuumReport report() {
    if (phase != Phase.DONE) {
      throw new IllegalStateException("the vacuum is not done");
    }
    List<VacuumReport.IndexReport> reports = new ArrayList<>();
    for (int i = 0; i < lastPasses.length; i++) {
      BulkDelete last = lastPasses[i];
      if (last != null) {
        reports.add(
            new VacuumReport.IndexReport(
                indexes.get(i).relation(),
                last.pages(),
                last.remaining(),
                indexRemoved[i],
                last.deletedPages(),
                last.freePages(),
                last.reusablePages()));
      }
    }
    return counters.report(
        heap.transactions.nextXid(),
        bypassed || options.indexCleanup() == IndexCleanup.OFF,
        (clock.nanoTime() - startedNanos) / 1e6,
        reports);
  }

  /// Whether the next step, once begun, must not be given up.
  public boolean mustGoOn() {
    return phase == Phase.TRUNCATE && !cut && truncation.isCutting();
  }

  /// How many WAL records it has written so far: pages that it has changed.
  public long walRecords() {
    return counters.walRecords;
  }

  /// Says on the log that it did not come to its end. Nothing has to be undone.
  ///
  /// @param cause the event that has made it give up; 0 where none is known
  public void cancelled(String reason, long cause) {
    truncation.abandon();
    heap.shared().counters().vacuums.end(owner.pid());
    emitter.emit(
        owner.subject(),
        new VacuumEvent.Cancelled(
            options.database(),
            options.schema(),
            options.table(),
            options.autovacuum(),
            reason,
            (clock.nanoTime() - startedNanos) / 1e6),
        cause == 0 ? startedEvent : cause);
  }
}
