package dev.lifeline.executor;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.Relation;

/// Opens what relations are stored in, of the current generation of shared memory.
public interface Storage {
  Table table(Relation relation);

  Index index(Relation relation, Relation.Index index, Table table);

  /// Where a relation's long values are.
  ToastTable toast(Relation.Toast toast);

  /// For what does not fit into memory.
  TempFiles tempFiles(Xact xact);
}
