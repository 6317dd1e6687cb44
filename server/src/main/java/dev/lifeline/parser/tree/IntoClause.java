package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The table that CREATE TABLE AS and SELECT INTO make.
public record IntoClause(
    RangeVar rel,
    List<String> colNames,
    @Nullable String accessMethod,
    List<DefElem> options,
    OnCommitAction onCommit,
    @Nullable String tableSpaceName,
    boolean skipData)
    implements Node {}
