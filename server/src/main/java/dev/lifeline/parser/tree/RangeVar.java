package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A relation by name. Without `ONLY` its children are meant too (`inh`).
public record RangeVar(
    @Nullable String catalogname,
    @Nullable String schemaname,
    String relname,
    boolean inh,
    Persistence relpersistence,
    @Nullable Alias alias,
    int location)
    implements TableRef {}
