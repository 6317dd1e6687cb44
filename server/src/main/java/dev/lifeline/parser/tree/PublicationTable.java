package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A table of a publication.
public record PublicationTable(RangeVar relation, @Nullable Expr whereClause, List<String> columns)
    implements Node {}
