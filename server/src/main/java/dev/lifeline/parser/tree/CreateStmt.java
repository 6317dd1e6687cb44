package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE.
public record CreateStmt(
    RangeVar relation,
    List<TableElement> tableElts,
    List<RangeVar> inhRelations,
    @Nullable PartitionBoundSpec partbound,
    @Nullable PartitionSpec partspec,
    @Nullable TypeName ofTypename,
    List<DefElem> options,
    OnCommitAction oncommit,
    @Nullable String tablespacename,
    @Nullable String accessMethod,
    boolean ifNotExists)
    implements Stmt {}
