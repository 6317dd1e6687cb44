/// What a cluster looked like at an instant: a fold over its log.
///
/// [ClusterState#apply] is the only way a state comes about, so the same log always gives the same
/// state: on the live server, in the replay of last night's incident, and in the projection of
/// process states to Kafka. States are immutable and share what did not change; any thread may hold
/// one.
@NullMarked
package dev.lifeline.events.state;

import org.jspecify.annotations.NullMarked;
