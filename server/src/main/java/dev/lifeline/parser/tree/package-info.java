/// The raw parse tree: what [dev.lifeline.parser.Parser] makes of a query string, and what
/// [dev.lifeline.parser.TreePrinter] makes SQL of again. One record for each of PostgreSQL's raw
/// nodes. Nothing here knows a catalog; the analysis (`parser.analyze`) and the utility commands
/// read these records, only the parser makes them.
@NullMarked
package dev.lifeline.parser.tree;

import org.jspecify.annotations.NullMarked;
