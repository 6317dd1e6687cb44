/// The simulator: the server on one thread, with virtual time and a disk that loses, reorders and
/// tears what was not synced, fails, fills up and rots. Everything that happens comes from one
/// seed, so a failure can be repeated exactly.
///
/// [SimRun] is one seed of the whole server: postmaster, processes, sessions and clients on the
/// wire, in several lives ([SimServer], [FaultyDisk], [Faults]), with workloads that know what they
/// were promised ([Workload]). [Simulate] runs many; [PlantedBug] proves that they can fail. The
/// classes around [SimCluster] crash the storage alone, at every single operation.
@NullMarked
package dev.lifeline.sim;

import org.jspecify.annotations.NullMarked;
