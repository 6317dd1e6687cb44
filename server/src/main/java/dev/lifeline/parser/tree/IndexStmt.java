package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE INDEX.
public record IndexStmt(
    @Nullable String idxname,
    RangeVar relation,
    String accessMethod,
    @Nullable String tableSpace,
    List<IndexElem> indexParams,
    List<IndexElem> indexIncludingParams,
    List<DefElem> options,
    @Nullable Expr whereClause,
    boolean unique,
    boolean nullsNotDistinct,
    boolean concurrent,
    boolean ifNotExists)
    implements Stmt {}
