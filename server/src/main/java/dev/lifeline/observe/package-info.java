/// The attach source: a real PostgreSQL, 13 to 18, on the same event log that Lifeline itself has.
///
/// An `Observation` is all that is known of one server: it takes the chunks of its log and the rows
/// of its statistics views and writes events into a journal. It is a plain class; the verticle
/// `ObserverVerticle` gives it an event loop, a connection and the time. `log` reads files and
/// records, `message` what they mean, `views` what is never logged, `doctor` what the observed
/// server lacks.
///
/// Only `main` may call it, and it uses nothing of the server but `utils` and the lexer of
/// `parser`, which takes the literals out of statements.
@NullMarked
package dev.lifeline.observe;

import org.jspecify.annotations.NullMarked;
