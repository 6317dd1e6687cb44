package dev.lifeline.tcop;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.IndexLayout;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.Storage;

/// Tables are heaps, indexes are B-trees.
record HeapStorage(HeapAccess heap, BTreeAccess btree) implements Storage {
  @Override
  public Table table(Relation relation) {
    return heap.open(relation.file(), relation.oid(), relation.fillfactor());
  }

  @Override
  public Index index(Relation relation, Relation.Index index, Table table) {
    boolean storesValues = IndexLayout.of(relation, index).storesValues();
    return btree.open(index.locator(), index.oid(), index.name(), table, storesValues);
  }

  @Override
  public ToastTable toast(Relation.Toast toast) {
    Table table = heap.open(toast.locator(), toast.oid(), 100);
    Relation.Index index = toast.index();
    return new ToastTable(table, btree.open(index.locator(), index.oid(), index.name(), table));
  }

  @Override
  public TempFiles tempFiles(Xact xact) {
    return TempFiles.of(heap.shared(), xact);
  }
}
