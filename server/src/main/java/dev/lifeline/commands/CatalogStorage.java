package dev.lifeline.commands;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.Storage;

/// Opens relations for the executor.
record CatalogStorage(BackendCatalog catalog) implements Storage {
  @Override
  public Table table(Relation relation) {
    return catalog.table(relation);
  }

  @Override
  public Index index(Relation relation, Relation.Index index, Table table) {
    return catalog.index(relation, index);
  }

  @Override
  public ToastTable toast(Relation.Toast toast) {
    return catalog.toast(toast);
  }

  @Override
  public TempFiles tempFiles(Xact xact) {
    return TempFiles.of(catalog.catalogs().shared(), xact);
  }
}
