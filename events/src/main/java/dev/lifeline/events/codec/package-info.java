/// Events as text: one CloudEvent 1.0 in JSON is one journal line, one Kafka value, one message to
/// the dashboard, byte for byte.
///
/// Entry points are [LineWriter], [LineReader] and [EventType]. What an event looks like follows
/// from its record alone: [RecordCodec] reads the record's components once and derives the JSON
/// form and the JSON Schema. Nothing here knows files or threads.
@NullMarked
package dev.lifeline.events.codec;

import org.jspecify.annotations.NullMarked;
