package dev.lifeline.commands.amcheck;

import dev.lifeline.access.heap.HeapVerifier;
import dev.lifeline.access.index.IndexEntry;
import dev.lifeline.access.nbtree.BTreeVerifier;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.IndexLayout;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.EvalContext;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Checks a table and each of its indexes against it, in both directions: every row is found by its
/// key and every entry leads to where a row can be.
final class RelationCheck {
  /// Blocks of one table that may be unreadable before the rest is left alone.
  private static final int UNREADABLE_MAX = 50;

  private final BackendCatalog catalog;
  private final Relation relation;
  private final EvalContext eval;
  private final Findings findings;
  private final Table table;
  private final String where;
  private final long frozenXid;
  private int unreadable;

  /// @param frozenXid no row may have an older xid that is not frozen
  RelationCheck(
      BackendCatalog catalog,
      Relation relation,
      EvalContext eval,
      Findings findings,
      long frozenXid) {
    this.frozenXid = frozenXid;
    this.catalog = catalog;
    this.relation = relation;
    this.eval = eval;
    this.findings = findings;
    this.table = catalog.table(relation);
    this.where = "table \"%s.%s\"".formatted(relation.namespace(), relation.name());
  }

  Future<Void> run() {
    HeapVerifier verifier = new HeapVerifier(table);
    Future<Void> done =
        heap(verifier)
            .onSuccess(ignored -> {
              verifier.problems().forEach(p -> findings.add(where, p));
              if (verifier.oldestXid() < frozenXid) {
                findings.add(
                    where,
                    "a row has xid %d, but relfrozenxid is %d"
                        .formatted(verifier.oldestXid(), frozenXid));
              }
            });
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      done = done.compose(ignored -> toast(toast));
    }
    for (Relation.Index index : relation.indexes()) {
      done = done.compose(ignored -> index(index, verifier));
    }
    return done;
  }

  private Future<Void> toast(Relation.Toast toast) {
    return unreadable > 0
        ? Future.succeededFuture()
        : Retry.run(new ToastCheck(catalog, relation, toast, eval, where, findings));
  }

  private Future<Void> heap(HeapVerifier verifier) {
    return Retry.run(
            () -> {
              while (verifier.step()) {}
            })
        .recover(failure -> {
          findings.add(where, "block " + verifier.block() + ": " + PageCheck.message(failure));
          verifier.skip();
          return ++unreadable < UNREADABLE_MAX ? heap(verifier) : Future.succeededFuture();
        });
  }

  private Future<Void> index(Relation.Index index, HeapVerifier heap) {
    String indexWhere = "index \"%s.%s\"".formatted(relation.namespace(), index.name());
    BTreeVerifier verifier = new BTreeVerifier(catalog.index(relation, index));
    return Retry.run(
            () -> {
              while (verifier.step()) {}
            })
        .compose(ignored -> {
          verifier.problems().forEach(p -> findings.add(indexWhere, p));
          return unreadable > 0 || !index.valid()
              ? Future.succeededFuture()
              : compare(index, indexWhere, heap, verifier);
        })
        .recover(failure -> {
          findings.add(indexWhere, PageCheck.message(failure));
          return Future.succeededFuture();
        });
  }

  private Future<Void> compare(
      Relation.Index index, String indexWhere, HeapVerifier heap, BTreeVerifier verifier) {
    IndexRows rows = new IndexRows(catalog, relation, index, eval);
    return Retry.run(rows)
        .map(ignored -> {
          boolean storesValues = IndexLayout.of(relation, index).storesValues();
          compare(indexWhere, index.unique(), storesValues, rows, heap.roots(), verifier);
          return null;
        });
  }

  private void compare(
      String indexWhere,
      boolean unique,
      boolean storesValues,
      IndexRows rows,
      Set<Long> roots,
      BTreeVerifier verifier) {
    Map<Long, IndexRows.Key> missing = new HashMap<>(rows.keys());
    Set<Long> seen = new HashSet<>();
    byte[] previous = null;
    for (BTreeVerifier.Entry entry : verifier.entries()) {
      if (entry.dead()) {
        continue;
      }
      long tid = entry.tid();
      if (!roots.contains(tid)) {
        findings.add(indexWhere, "an entry leads to %s, where no row can be".formatted(text(tid)));
        continue;
      }
      if (!seen.add(tid)) {
        findings.add(indexWhere, "two entries lead to %s".formatted(text(tid)));
      }
      IndexRows.Key row = missing.remove(tid);
      if (row == null) {
        continue;
      }
      if (!Arrays.equals(row.bytes(), entry.key())) {
        findings.add(indexWhere, "the entry for row %s has another key".formatted(text(tid)));
      }
      if (unique && !row.hasNull()) {
        byte[] key = storesValues ? keyOf(entry) : entry.key();
        if (previous != null && Arrays.equals(previous, key)) {
          findings.add(indexWhere, "row %s has the same key as another".formatted(text(tid)));
        }
        previous = key;
      }
    }
    for (long tid : missing.keySet()) {
      findings.add(indexWhere, "no entry for row %s".formatted(text(tid)));
    }
  }

  private static byte[] keyOf(BTreeVerifier.Entry entry) {
    return Arrays.copyOf(entry.key(), IndexEntry.keyLength(entry.key()));
  }

  private static String text(long tid) {
    return "(%d,%d)".formatted(Tid.block(tid), Tid.offset(tid));
  }
}
