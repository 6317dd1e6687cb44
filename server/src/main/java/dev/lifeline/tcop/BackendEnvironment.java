package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;

/// What a backend finds in the world when it is forked. One for each event loop and each generation
/// of the shared memory.
///
/// @param clock the time
/// @param timers those of the backend's event loop
/// @param postmaster who forked it
/// @param authCatalog roles and databases
/// @param engine what executes statements
public record BackendEnvironment(
    Clock clock,
    Timers timers,
    PostmasterHooks postmaster,
    AuthCatalog authCatalog,
    SqlEngine engine) {}
