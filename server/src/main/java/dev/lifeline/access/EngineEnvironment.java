package dev.lifeline.access;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;

/// The seams between the storage and the world.
///
/// @param disk of the data directory, for one generation
/// @param clock of the server
/// @param timers of the event loop that `recover` and `checkpoint` are called on
/// @param wakeup how those who wait go on on their own event loop
public record EngineEnvironment(Disk disk, Clock clock, Timers timers, Wakeup wakeup) {}
