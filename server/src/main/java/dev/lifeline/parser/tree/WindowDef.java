package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A window of the WINDOW clause (with its name), or an OVER clause: a bare `OVER w` has the name,
/// `OVER (w ...)` the refname.
public record WindowDef(
    @Nullable String name,
    @Nullable String refname,
    List<Expr> partitionClause,
    List<SortBy> orderClause,
    @Nullable WindowFrame frame,
    int location)
    implements Node {}
