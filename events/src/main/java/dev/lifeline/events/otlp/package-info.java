/// The log as traces.
///
/// [OtlpPublisher] is the entry point; a server starts one when `lifeline.otlp_endpoint` is set. It
/// owns a thread, reads the journal and exports over OTLP/HTTP. [SpanProjector] decides which spans
/// an event gives; it is a fold over the log without clock or randomness.
///
/// Ids follow from the cluster and the sequence of the event that a span begins with ([SpanIds]).
/// So an event leads to its spans without asking anybody, a second projection of the same log gives
/// the same spans, and what is exported twice after a kill is the same span twice, which every
/// trace store takes for one.
@NullMarked
package dev.lifeline.events.otlp;

import org.jspecify.annotations.NullMarked;
