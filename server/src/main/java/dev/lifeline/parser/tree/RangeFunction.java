package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A function in FROM, or several in `ROWS FROM (...)`.
public record RangeFunction(
    boolean lateral,
    boolean ordinality,
    boolean isRowsfrom,
    List<RangeFunctionItem> functions,
    @Nullable Alias alias,
    List<ColumnDef> coldeflist)
    implements TableRef {}
