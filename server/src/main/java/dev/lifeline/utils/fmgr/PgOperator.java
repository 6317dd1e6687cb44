package dev.lifeline.utils.fmgr;

/// A row of `pg_operator`.
///
/// @param kind `b` binary, `l` prefix
/// @param leftType 0 for a prefix operator
/// @param commutator the operator that gives the same with its arguments swapped, or 0
/// @param negator the operator that gives the opposite, or 0
/// @param proc the oid of the function behind it
/// @param restrictEstimator `oprrest`: the name of its selectivity estimator, or empty
/// @param joinEstimator `oprjoin`, or empty
public record PgOperator(
    int oid,
    String name,
    char kind,
    boolean canMerge,
    boolean canHash,
    int leftType,
    int rightType,
    int resultType,
    int commutator,
    int negator,
    int proc,
    String restrictEstimator,
    String joinEstimator) {}
