package dev.lifeline.utils.activity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What one backend has counted since its last transaction ended: additions to plain fields, handed
/// on to the shared [Counters] at the end of the transaction. Belongs to the backend's event loop.
///
/// Entries are kept from one transaction to the next, so that a session that repeats its statements
/// makes none; a session that has touched many relations lets go of them.
public final class PendingCounters {
  private static final int INITIAL = 8;
  private static final int KEPT_MAX = 32;

  private @Nullable PendingRelation[] table = new @Nullable PendingRelation[INITIAL];
  private int size;
  private @Nullable PendingRelation last;
  private final List<PendingRelation> touched = new ArrayList<>(4);
  private List<Drop> drops = List.of();
  private int depth = 1;
  private boolean enabled = true;

  /// A relation that is gone when the subtransaction of that depth, and those around it, commit.
  private record Drop(int depth, Counters.RelationId relation, long relNumber) {}

  /// `track_counts`: whether what is counted from now on is kept.
  public void enable(boolean on) {
    enabled = on;
  }

  /// The entry of a table or an index.
  public PendingRelation relation(int databaseOid, int relationOid) {
    PendingRelation recent = last;
    if (recent != null && recent.relationOid == relationOid && recent.databaseOid == databaseOid) {
      return recent;
    }
    PendingRelation found = find(databaseOid, relationOid);
    last = found;
    return found;
  }

  private PendingRelation find(int databaseOid, int relationOid) {
    int mask = table.length - 1;
    int i = slot(relationOid, mask);
    while (true) {
      PendingRelation entry = table[i];
      if (entry == null) {
        break;
      }
      if (entry.relationOid == relationOid && entry.databaseOid == databaseOid) {
        return entry;
      }
      i = (i + 1) & mask;
    }
    PendingRelation added = new PendingRelation(this, databaseOid, relationOid);
    table[i] = added;
    if (++size * 2 > table.length) {
      grow();
    }
    return added;
  }

  private static int slot(int relationOid, int mask) {
    return ((relationOid * 0x9E37_79B9) >>> 16) & mask;
  }

  private void grow() {
    @Nullable PendingRelation[] larger = new @Nullable PendingRelation[table.length * 2];
    int mask = larger.length - 1;
    for (PendingRelation entry : table) {
      if (entry != null) {
        int i = slot(entry.relationOid, mask);
        while (larger[i] != null) {
          i = (i + 1) & mask;
        }
        larger[i] = entry;
      }
    }
    table = larger;
  }

  void touched(PendingRelation relation) {
    touched.add(relation);
  }

  /// 1 in the transaction itself, one more in each savepoint.
  int depth() {
    return depth;
  }

  public void beginSub() {
    depth++;
  }

  public void commitSub() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).subCommitted(depth);
    }
    depth--;
    if (!drops.isEmpty()) {
      drops.replaceAll(
          drop -> drop.depth() > depth ? new Drop(depth, drop.relation(), drop.relNumber()) : drop);
    }
  }

  public void abortSub() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).subAborted(depth);
    }
    depth--;
    if (!drops.isEmpty()) {
      drops.removeIf(drop -> drop.depth() > depth);
    }
  }

  /// The transaction drops a relation with its file.
  public void countDrop(int databaseOid, int relationOid, long relNumber) {
    if (drops.isEmpty()) {
      drops = new ArrayList<>();
    }
    drops.add(new Drop(depth, new Counters.RelationId(databaseOid, relationOid), relNumber));
  }

  /// The transaction has ended: hands on what it has done.
  ///
  /// @param databaseOid whose transaction it was
  public void endTransaction(boolean committed, Counters counters, int databaseOid) {
    depth = 1;
    DatabaseCounters database = counters.database(databaseOid);
    if (enabled) {
      (committed ? database.xactCommit : database.xactRollback).increment();
    }
    for (int i = 0; i < touched.size(); i++) {
      PendingRelation relation = touched.get(i);
      relation.ended(committed);
      if (enabled) {
        handOn(relation, counters);
      }
      relation.clear();
    }
    touched.clear();
    if (!drops.isEmpty()) {
      if (committed) {
        drops.forEach(drop -> counters.dropped(drop.relation(), drop.relNumber()));
      }
      drops = List.of();
    }
    if (size > KEPT_MAX) {
      table = new @Nullable PendingRelation[INITIAL];
      size = 0;
      last = null;
    }
  }

  /// What is done to a shared catalog belongs to no database.
  private static void handOn(PendingRelation relation, Counters counters) {
    DatabaseCounters database = counters.database(relation.databaseOid);
    counters.relation(relation.databaseOid, relation.relationOid).add(relation);
    add(database.tupReturned, relation.returned);
    add(database.tupFetched, relation.fetched);
    add(database.tupInserted, relation.inserted);
    add(database.tupUpdated, relation.updated);
    add(database.tupDeleted, relation.deleted);
  }

  private static void add(LongAdder counter, long value) {
    if (value != 0) {
      counter.add(value);
    }
  }

  @Override
  public String toString() {
    return "pending counters of " + size + " relations";
  }
}
