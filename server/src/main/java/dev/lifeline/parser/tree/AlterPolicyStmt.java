package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER POLICY.
public record AlterPolicyStmt(
    String policyName,
    RangeVar table,
    List<RoleSpec> roles,
    @Nullable Expr qual,
    @Nullable Expr withCheck)
    implements Stmt {}
