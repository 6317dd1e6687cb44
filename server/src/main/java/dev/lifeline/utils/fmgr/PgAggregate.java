package dev.lifeline.utils.fmgr;

/// A row of `pg_aggregate`.
///
/// @param function the aggregate's row in `pg_proc`
/// @param kind `n` normal, `o` ordered-set, `h` hypothetical-set
/// @param directArgs how many arguments of an ordered-set aggregate are direct ones
/// @param sortOperator for `min` and `max` the operator whose first value it is, else 0
public record PgAggregate(
    int function,
    char kind,
    int directArgs,
    String transitionFunction,
    String finalFunction,
    int sortOperator,
    int transitionType,
    String initialValue) {}
