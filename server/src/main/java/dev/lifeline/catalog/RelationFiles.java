package dev.lifeline.catalog;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.table.Table;

/// Opens what a relation is stored in. The handles are cheap and may be shared.
final class RelationFiles {
  private final HeapAccess heap;
  private final BTreeAccess btree;

  RelationFiles(HeapAccess heap, BTreeAccess btree) {
    this.heap = heap;
    this.btree = btree;
  }

  HeapAccess heap() {
    return heap;
  }

  BTreeAccess btree() {
    return btree;
  }

  Table table(Relation relation) {
    return heap.open(relation.file(), relation.oid(), relation.fillfactor());
  }

  BTree index(Relation relation, Relation.Index index) {
    boolean storesValues = IndexLayout.of(relation, index).storesValues();
    return btree.open(index.locator(), index.oid(), index.name(), table(relation), storesValues);
  }

  ToastTable toast(Relation.Toast toast) {
    Table table = heap.open(toast.locator(), toast.oid(), 100);
    Relation.Index index = toast.index();
    return new ToastTable(table, btree.open(index.locator(), index.oid(), index.name(), table));
  }
}
