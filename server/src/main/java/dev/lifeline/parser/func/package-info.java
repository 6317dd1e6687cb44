/// Which function, operator or cast is meant: PostgreSQL's rules (`parse_func.c`, `parse_oper.c`,
/// `parse_coerce.c`) over the bootstrap catalog.
///
/// [dev.lifeline.parser.func.ParseCoerce] converts expressions to types and finds common types,
/// [dev.lifeline.parser.func.ParseOper] resolves operators, [dev.lifeline.parser.func.ParseFunc]
/// functions. One of each serves the analysis of one statement.
@NullMarked
package dev.lifeline.parser.func;

import org.jspecify.annotations.NullMarked;
