package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// COPY of a table or a query's result, to or from a file, a program or the client (no file name).
public record CopyStmt(
    @Nullable RangeVar relation,
    @Nullable PreparableStmt query,
    List<String> attlist,
    boolean isFrom,
    boolean isProgram,
    @Nullable String filename,
    List<DefElem> options,
    @Nullable Expr whereClause)
    implements Stmt {}
