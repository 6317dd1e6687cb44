package dev.lifeline.access;

import dev.lifeline.events.Emitter;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import java.util.function.Consumer;

/// The seams between the storage and the world.
///
/// @param disk of the data directory, for one generation
/// @param clock of the server
/// @param timers of the event loop that `recover` and `checkpoint` are called on
/// @param wakeup how those who wait go on on their own event loop
/// @param emitter the event log
/// @param panic told when the cluster must not go on, because it is not known any more what is on
///   the disk: the postmaster ends this generation. May be called on any thread
public record EngineEnvironment(
    Disk disk,
    Clock clock,
    Timers timers,
    Wakeup wakeup,
    Emitter emitter,
    Consumer<PgException> panic) {}
