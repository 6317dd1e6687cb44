package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE of aggregates, operators, base types, collations and text search objects.
public record DefineStmt(
    ObjectType kind,
    boolean oldstyle,
    List<String> defnames,
    List<FunctionParameter> args,
    int numDirectArgs,
    List<DefElem> definition,
    boolean ifNotExists,
    boolean replace)
    implements Stmt {}
