package dev.lifeline.main;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AddressRange;
import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.LoggedEvents;
import dev.lifeline.utils.error.ServerLog;
import io.vertx.core.Future;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What sessions find that outlives shared memory.
///
/// @param access who may connect and how, as the files were last read
/// @param random must not be guessable
/// @param mockNonce a secret of the cluster
/// @param events the event log, for who reads it in SQL
/// @param clientMemory what all clients may make the server hold
/// @param alterSystem writes a setting into `postgresql.auto.conf`
/// @param dialer connects to other servers
record SessionSetting(
    Subject postmaster,
    Clock clock,
    Emitter emitter,
    ServerLog log,
    Supplier<ClientAccess> access,
    AddressRange.LocalNetworks localNetworks,
    RandomGenerator random,
    String mockNonce,
    LoggedEvents events,
    ClientMemory clientMemory,
    SettingWriter alterSystem,
    Dialer dialer) {

  /// ALTER SYSTEM.
  interface SettingWriter {
    /// Sets or, where the value is null, removes a setting; `all` removes all.
    Future<Void> write(String name, @Nullable String value);
  }
}
