package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A privilege, perhaps on columns; without a name it is ALL.
public record AccessPriv(@Nullable String privName, List<String> cols) implements Node {}
