package dev.lifeline.parser.tree;

import java.util.List;

/// `FOR UPDATE` and its kin; without relations it is for all of them.
public record LockingClause(
    List<RangeVar> lockedRels, LockClauseStrength strength, LockWaitPolicy waitPolicy)
    implements Node {}
