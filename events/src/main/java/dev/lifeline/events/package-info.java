/// The event log of a cluster: one sealed model, one envelope, one codec. Everything that happens
/// to a cluster is told here first; Kafka, traces and the timeline are projections of it.
@NullMarked
package dev.lifeline.events;

import org.jspecify.annotations.NullMarked;
