package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CLUSTER.
public record ClusterStmt(
    @Nullable RangeVar relation, @Nullable String indexname, List<DefElem> params)
    implements Stmt {}
