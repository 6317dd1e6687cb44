package dev.lifeline.parser.tree;

import java.util.List;

/// A type as written, with the names that the standard's own spellings stand for (`int` is
/// `pg_catalog.int4`). A bound of -1 is `[]`.
public record TypeName(
    List<String> names,
    boolean setof,
    boolean pctType,
    List<Expr> typmods,
    List<Integer> arrayBounds,
    int location)
    implements Node {}
