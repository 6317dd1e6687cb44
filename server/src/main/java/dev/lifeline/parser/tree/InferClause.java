package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which unique index an ON CONFLICT means: by its columns or by a constraint's name.
public record InferClause(
    List<IndexElem> indexElems, @Nullable Expr whereClause, @Nullable String conname, int location)
    implements Node {}
