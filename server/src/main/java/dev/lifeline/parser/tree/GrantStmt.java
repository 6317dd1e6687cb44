package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// GRANT and REVOKE of privileges; no privileges is ALL.
public record GrantStmt(
    boolean isGrant,
    GrantTargetType targtype,
    ObjectType objtype,
    List<Node> objects,
    List<AccessPriv> privileges,
    List<RoleSpec> grantees,
    boolean grantOption,
    @Nullable RoleSpec grantor,
    DropBehavior behavior)
    implements Stmt {}
