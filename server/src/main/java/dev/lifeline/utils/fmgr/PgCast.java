package dev.lifeline.utils.fmgr;

/// A row of `pg_cast`.
///
/// @param function the function that converts, or 0
/// @param context `i` implicit, `a` on assignment, `e` only when asked for
/// @param method `f` by the function, `i` by output and input, `b` the same in memory
public record PgCast(int oid, int source, int target, int function, char context, char method) {}
