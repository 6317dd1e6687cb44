/// The function manager: which functions, operators, casts and aggregates there are (the bootstrap
/// catalog, with PostgreSQL's oids), and how the code behind one is called.
///
/// As in PostgreSQL a row of `pg_proc` names its code by `prosrc`;
/// [dev.lifeline.utils.fmgr.FnTable] maps those names to Java. A function that has a row but no
/// code resolves as it does in PostgreSQL and is then refused by name.
@NullMarked
package dev.lifeline.utils.fmgr;

import org.jspecify.annotations.NullMarked;
