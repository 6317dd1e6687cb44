package dev.lifeline.tcop;

import dev.lifeline.events.Emitter;
import dev.lifeline.libpq.AddressRange;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What a backend finds in the world when it is forked. One for each event loop and each generation
/// of the shared memory.
///
/// @param clock the time
/// @param timers those of the backend's event loop
/// @param emitter where it tells what happens to it
/// @param log the server log
/// @param postmaster who forked it
/// @param config the server's configuration as it is now
/// @param access who may connect and how, as the files were last read
/// @param localNetworks the server's own addresses, for `samehost` and `samenet`
/// @param authCatalog roles and databases
/// @param random for nonces; must not be guessable
/// @param mockNonce a secret of the cluster from which unknown roles get their salts
/// @param clientMemory what all clients may make the server hold
/// @param services opens what a session stands on
/// @param engine what executes statements
public record BackendEnvironment(
    Clock clock,
    Timers timers,
    Emitter emitter,
    ServerLog log,
    PostmasterHooks postmaster,
    Supplier<ServerConfig> config,
    Supplier<ClientAccess> access,
    AddressRange.LocalNetworks localNetworks,
    AuthCatalog authCatalog,
    RandomGenerator random,
    String mockNonce,
    ClientMemory clientMemory,
    SessionServices.Factory services,
    SqlEngine engine) {}
