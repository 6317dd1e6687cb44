/// The simulator: the storage engine on one thread, with virtual time and a disk that loses,
/// reorders and tears what was not synced. Everything that happens comes from one seed, so a
/// failure can be repeated exactly.
@NullMarked
package dev.lifeline.sim;

import org.jspecify.annotations.NullMarked;
