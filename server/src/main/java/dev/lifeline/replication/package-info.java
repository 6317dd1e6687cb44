/// Replication: what is kept of it on the disk (slots, the progress of origins) and the commands of
/// a replication connection. Decoding and applying are in [dev.lifeline.replication.logical].
///
/// Entry points: [dev.lifeline.replication.Replication], one for a generation of shared memory,
/// which `main` makes before recovery.
@NullMarked
package dev.lifeline.replication;

import org.jspecify.annotations.NullMarked;
