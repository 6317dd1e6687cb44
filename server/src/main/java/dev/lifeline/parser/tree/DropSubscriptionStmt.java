package dev.lifeline.parser.tree;

/// DROP SUBSCRIPTION.
public record DropSubscriptionStmt(String subname, boolean missingOk, DropBehavior behavior)
    implements Stmt {}
