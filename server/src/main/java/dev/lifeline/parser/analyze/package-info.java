/// Analysis: what a parse tree means in this database. Names are looked up in scopes and in the
/// catalog, operators and functions are resolved, every expression gets a type, and the rules that
/// the grammar cannot tell (grouping, where aggregates may stand, how many columns) are checked
/// with PostgreSQL's messages and positions.
///
/// The entry is [dev.lifeline.parser.analyze.Analyzer]; its result is a
/// [dev.lifeline.parser.analyze.Query], which the planner reads.
@NullMarked
package dev.lifeline.parser.analyze;

import org.jspecify.annotations.NullMarked;
