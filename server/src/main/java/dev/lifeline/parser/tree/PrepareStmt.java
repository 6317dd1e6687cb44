package dev.lifeline.parser.tree;

import java.util.List;

/// PREPARE.
public record PrepareStmt(String name, List<TypeName> argtypes, PreparableStmt query)
    implements Stmt {}
