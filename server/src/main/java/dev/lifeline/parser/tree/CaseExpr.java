package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Both forms of CASE; the simple one has an argument.
public record CaseExpr(
    @Nullable Expr arg, List<CaseWhen> args, @Nullable Expr defresult, int location)
    implements Expr {}
