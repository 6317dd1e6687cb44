/// The planner: which way to the rows of a [dev.lifeline.parser.analyze.Query] is the cheapest.
///
/// [dev.lifeline.optimizer.Planner] is the entry. It takes subqueries apart, chooses for each table
/// between a sequential scan and its indexes, searches for the order of joins, and puts grouping,
/// sorting and limits on top; the result is a [dev.lifeline.optimizer.Plan], whose expressions
/// still name columns as the query does, so that EXPLAIN can show it. Costs are in PostgreSQL's
/// units, by PostgreSQL's formulas and parameters.
@NullMarked
package dev.lifeline.optimizer;

import org.jspecify.annotations.NullMarked;
