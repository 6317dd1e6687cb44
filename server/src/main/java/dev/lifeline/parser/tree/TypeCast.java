package dev.lifeline.parser.tree;

/// `CAST(x AS t)`, `x::t`, and `t 'literal'`.
public record TypeCast(Expr arg, TypeName typeName, int location) implements Expr {}
