package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `XMLTABLE(...)`.
public record RangeTableFunc(
    boolean lateral,
    Expr docexpr,
    Expr rowexpr,
    List<ResTarget> namespaces,
    List<RangeTableFuncCol> columns,
    @Nullable Alias alias,
    int location)
    implements TableRef {}
