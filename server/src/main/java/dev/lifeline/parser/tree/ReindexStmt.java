package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// REINDEX.
public record ReindexStmt(
    Kind kind, @Nullable RangeVar relation, @Nullable String name, List<DefElem> params)
    implements Stmt {
  public enum Kind {
    INDEX,
    TABLE,
    SCHEMA,
    SYSTEM,
    DATABASE
  }
}
