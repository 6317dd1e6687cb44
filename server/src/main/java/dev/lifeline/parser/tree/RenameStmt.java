package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// ALTER ... RENAME TO.
public record RenameStmt(
    ObjectType renameType,
    @Nullable ObjectType relationType,
    @Nullable RangeVar relation,
    @Nullable Node object,
    @Nullable String subname,
    String newname,
    DropBehavior behavior,
    boolean missingOk)
    implements Stmt {}
