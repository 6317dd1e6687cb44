package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE SUBSCRIPTION.
public record CreateSubscriptionStmt(
    String subname, String conninfo, List<String> publication, List<DefElem> options)
    implements Stmt {}
