package dev.lifeline.parser.tree;

import java.util.List;

/// Field selection or subscripts applied to something that is not a plain column: `(x).f`, `a[1]`.
public record AIndirection(Expr arg, List<Indirection> indirection, int location) implements Expr {}
