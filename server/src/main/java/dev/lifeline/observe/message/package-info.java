/// What the records of a server's log mean: each becomes an event, with the numbers taken out of
/// the text, or a kept `server.logged` event.
///
/// [dev.lifeline.observe.message.Interpreter] reads the text by the wordings of PostgreSQL 13 to
/// 18; [dev.lifeline.observe.message.Story] remembers what was told and finds what brought an event
/// about. The story learns from events alone, so after a restart of the observer it is told the end
/// of the journal once more and knows what it knew.
@NullMarked
package dev.lifeline.observe.message;

import org.jspecify.annotations.NullMarked;
