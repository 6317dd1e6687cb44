package dev.lifeline.postmaster;

import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.tcop.Backend;
import java.util.function.Consumer;

/// A connection that a backend can be forked for: a socket in production, a pipe in a simulation.
interface BackendChannel extends ClientChannel {
  /// From here on the backend gets what the client sends.
  ///
  /// @param onError told when the backend fails at it where it must not
  void attach(Backend backend, Consumer<Throwable> onError);
}
