package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE POLICY.
public record CreatePolicyStmt(
    String policyName,
    RangeVar table,
    String cmdName,
    boolean permissive,
    List<RoleSpec> roles,
    @Nullable Expr qual,
    @Nullable Expr withCheck)
    implements Stmt {}
