package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// GRANT and REVOKE of memberships.
public record GrantRoleStmt(
    List<AccessPriv> grantedRoles,
    List<RoleSpec> granteeRoles,
    boolean isGrant,
    List<DefElem> options,
    @Nullable RoleSpec grantor,
    DropBehavior behavior)
    implements Stmt {}
