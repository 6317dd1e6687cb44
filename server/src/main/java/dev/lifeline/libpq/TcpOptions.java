package dev.lifeline.libpq;

import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;

/// When a silent TCP connection is taken for dead; 0 leaves a thing to the operating system.
public record TcpOptions(
    int keepalivesIdleSeconds,
    int keepalivesIntervalSeconds,
    int keepalivesCount,
    int userTimeoutMs) {
  /// All as the operating system has it.
  public static final TcpOptions SYSTEM = new TcpOptions(0, 0, 0, 0);

  public static TcpOptions of(GucSession gucs) {
    return new TcpOptions(
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_IDLE)),
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_INTERVAL)),
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_COUNT)),
        Math.toIntExact(gucs.get(Gucs.TCP_USER_TIMEOUT)));
  }
}
