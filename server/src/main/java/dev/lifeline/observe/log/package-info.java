/// The log of a real PostgreSQL as bytes and as records: which file to read on in, where a record
/// ends, what its columns say.
///
/// Nothing here does input or output: [dev.lifeline.observe.log.LogReading] is told what the server
/// answered and says what to ask for next, so tests and the simulator of a rotation need no server.
/// Entry points: `LogReading` for the places, [dev.lifeline.observe.log.LogFormat] for the text.
@NullMarked
package dev.lifeline.observe.log;

import org.jspecify.annotations.NullMarked;
