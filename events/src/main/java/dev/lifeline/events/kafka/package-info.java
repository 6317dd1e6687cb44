/// The log on Kafka: events, the latest state of each process, and how far publishing has come.
///
/// [KafkaPublisher] is the entry point; a server starts one when `lifeline.kafka_bootstrap_servers`
/// is set. It owns a thread, reads the journal, and never holds up anybody else. Consumers turn
/// records back into lines with [CloudEventBinding].
///
/// Formally, a `read_committed` consumer of `lifeline.events.v1` sees every sequence of a cluster
/// exactly once and in order, whatever is killed and whenever. How that is kept:
/// 1. Events, process states and the sequence reached go out in one transaction.
/// 2. A publisher that starts, or starts over, first becomes the only one that may write
///    (`initTransactions` fences all others and ends their transactions), and only then reads how
///    far the committed transactions got. It goes on right after that.
/// 3. Only what is durable in the journal is published, so the journal never forgets, and gives out
///    again, a sequence that Kafka has.
@NullMarked
package dev.lifeline.events.kafka;

import org.jspecify.annotations.NullMarked;
