/// Grand Unified Configuration: every parameter by PostgreSQL's name, with its type, unit, range,
/// context and default.
///
/// - [Gucs] is the one table of parameters and holds a typed constant for each that the code reads;
/// - [ConfigFile] reads `postgresql.conf` with its includes, [AutoConf] writes what ALTER SYSTEM
///   set;
/// - [ServerConfig] is the value of each parameter for the whole server, immutable, exchanged by a
///   reload;
/// - [GucSession] lays a session's own settings over it, and undoes them when their transaction
///   ends.
@NullMarked
package dev.lifeline.utils.guc;

import org.jspecify.annotations.NullMarked;
