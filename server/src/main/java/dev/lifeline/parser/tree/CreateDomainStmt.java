package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE DOMAIN.
public record CreateDomainStmt(
    List<String> domainname,
    TypeName typeName,
    @Nullable CollateClause collClause,
    List<Constraint> constraints)
    implements Stmt {}
