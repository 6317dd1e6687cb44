package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `JSON_TABLE(...)`.
public record JsonTable(
    JsonValueExpr contextItem,
    JsonTablePathSpec pathspec,
    List<JsonArgument> passing,
    List<JsonTableColumn> columns,
    @Nullable JsonBehavior onError,
    @Nullable Alias alias,
    boolean lateral,
    int location)
    implements TableRef {}
