package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column of CREATE TABLE, ALTER TABLE and of the definition lists of functions.
public record ColumnDef(
    String colname,
    @Nullable TypeName typeName,
    @Nullable String compression,
    @Nullable String storageName,
    @Nullable Expr rawDefault,
    @Nullable CollateClause collClause,
    List<Constraint> constraints,
    List<DefElem> fdwoptions,
    int location)
    implements TableElement {}
