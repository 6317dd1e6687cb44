package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE FUNCTION and PROCEDURE; a standard SQL body is a [ReturnStmt] or a [NodeList] of
/// statements.
public record CreateFunctionStmt(
    boolean isProcedure,
    boolean replace,
    List<String> funcname,
    List<FunctionParameter> parameters,
    @Nullable TypeName returnType,
    List<DefElem> options,
    @Nullable Node sqlBody)
    implements Stmt {}
