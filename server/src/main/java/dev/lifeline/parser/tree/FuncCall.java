package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call of a function, an aggregate or a window function: only its resolution can tell which.
public record FuncCall(
    List<String> funcname,
    List<Expr> args,
    List<SortBy> aggOrder,
    @Nullable Expr aggFilter,
    @Nullable WindowDef over,
    boolean aggWithinGroup,
    boolean aggStar,
    boolean aggDistinct,
    boolean funcVariadic,
    CoercionForm funcformat,
    int location)
    implements Expr {}
