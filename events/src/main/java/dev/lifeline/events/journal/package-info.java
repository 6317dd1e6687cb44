/// The durable log: `pg_events/<first sequence>.ndjson`.
///
/// [Journal] is the log of a running server: anybody emits into it, one thread of its own writes.
/// [JournalReader] reads a log, of a running server or of a directory that nobody writes, and knows
/// the cluster's state at any of its instants. [JournalVerifier] proves that nothing was altered or
/// lost.
///
/// The rules that its files share:
/// 1. A sequence is given out once. Formally, the log never holds two different events with the
///    same sequence, and no projection that waits for [Journal#durableSequence] ever sees one that
///    the log forgets. An accepted event stays in memory until it is on disk; only what was never
///    given a sequence is dropped.
/// 2. Readers see whole lines only, because they stop at the last sequence that was published, and
///    publishing follows writing.
/// 3. A segment is on disk, whole, before its successor exists; so only the last one can be torn.
/// 4. Index and snapshots can be rebuilt from the lines; they are never trusted over them.
@NullMarked
package dev.lifeline.events.journal;

import org.jspecify.annotations.NullMarked;
