package dev.lifeline.catalog;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;

/// Opens what a relation is stored in. The handles are shared by all sessions.
public interface RelationFiles {
  Table table(Relation relation);

  Index index(Relation.Index index);
}
