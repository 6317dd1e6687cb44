package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A function, aggregate or operator with its argument types; a missing side of an operator is
/// null.
public record ObjectWithArgs(
    List<String> objname,
    List<@Nullable TypeName> objargs,
    List<FunctionParameter> objfuncargs,
    boolean argsUnspecified)
    implements Node {}
