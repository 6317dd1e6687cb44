package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `TABLESAMPLE method (args) [REPEATABLE (seed)]`.
public record RangeTableSample(
    TableRef relation,
    List<String> method,
    List<Expr> args,
    @Nullable Expr repeatable,
    int location)
    implements TableRef {}
