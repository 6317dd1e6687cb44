package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER FUNCTION.
public record AlterFunctionStmt(ObjectType objtype, ObjectWithArgs func, List<DefElem> actions)
    implements Stmt {}
