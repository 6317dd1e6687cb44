package dev.lifeline.parser.tree;

/// ALTER ... OWNER TO.
public record AlterOwnerStmt(ObjectType objectType, Node object, RoleSpec newowner)
    implements Stmt {}
