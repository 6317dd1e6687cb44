/// The types: what a value is in memory, how it is read from text and from the wire, written back,
/// compared, hashed and stored, and the functions over it.
///
/// [dev.lifeline.utils.adt.Types] is the way in: a [dev.lifeline.utils.adt.PgType] is a row of
/// `pg_type`, its [dev.lifeline.utils.adt.TypeOps] what the C functions behind that row do. What
/// depends on the session (date style, time zone, names of catalog objects) comes in by an
/// [dev.lifeline.utils.adt.EvalContext]. Text compares bytewise (collation C).
@NullMarked
package dev.lifeline.utils.adt;

import org.jspecify.annotations.NullMarked;
