package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `JSON_OBJECT(...)` in the standard's syntax.
public record JsonObjectConstructor(
    List<JsonKeyValue> exprs,
    @Nullable JsonOutput output,
    boolean absentOnNull,
    boolean unique,
    int location)
    implements Expr {}
