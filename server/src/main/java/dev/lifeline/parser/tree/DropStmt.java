package dev.lifeline.parser.tree;

import java.util.List;

/// DROP of what has no statement of its own. An object is a [QualifiedName], a [TypeName] or an
/// [ObjectWithArgs]; of a trigger, rule or policy the last name is its own, of an operator class or
/// family the first is the access method.
public record DropStmt(
    List<Node> objects,
    ObjectType removeType,
    DropBehavior behavior,
    boolean missingOk,
    boolean concurrent)
    implements Stmt {}
