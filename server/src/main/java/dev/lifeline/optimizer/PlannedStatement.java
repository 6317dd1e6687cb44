package dev.lifeline.optimizer;

import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.RelationUse;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plan and what belongs to it.
///
/// @param outputs the columns of the result; none for a statement that returns no rows
/// @param execParameters the types of the parameters that the executor sets, by their index
/// @param commonTables the plans of the WITH queries that are computed once, in their order
/// @param aliases the names of the range entries in EXPLAIN, by their number
/// @param literalsMatter whether there may be a better plan with constants in place of parameters:
///   partial indexes, indexes on expressions, patterns
/// @param noParameters what to say where it is executed without values for its parameters
public record PlannedStatement(
    Query query,
    Plan plan,
    List<Query.Output> outputs,
    List<Integer> parameterTypes,
    List<Integer> execParameters,
    Map<CommonTable, Plan> commonTables,
    List<RelationUse> relations,
    Map<Integer, String> aliases,
    List<RangeEntry> ranges,
    @Nullable PgException noParameters,
    boolean literalsMatter) {}
