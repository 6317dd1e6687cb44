package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER TYPE ... ADD VALUE and RENAME VALUE.
public record AlterEnumStmt(
    List<String> typeName,
    @Nullable String oldVal,
    String newVal,
    @Nullable String newValNeighbor,
    boolean newValIsAfter,
    boolean skipIfNewValExists)
    implements Stmt {}
