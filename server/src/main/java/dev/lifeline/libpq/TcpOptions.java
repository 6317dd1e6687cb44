package dev.lifeline.libpq;

import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import org.jspecify.annotations.Nullable;

/// When a silent TCP connection is taken for dead; 0 leaves a thing to the operating system.
public record TcpOptions(
    int keepalivesIdleSeconds,
    int keepalivesIntervalSeconds,
    int keepalivesCount,
    int userTimeoutMs) {
  /// All as the operating system has it.
  public static final TcpOptions SYSTEM = new TcpOptions(0, 0, 0, 0);

  /// The value of a parameter that is about it; null for any other.
  public @Nullable Object valueOf(Guc<?> guc) {
    if (guc.equals(Gucs.TCP_KEEPALIVES_IDLE)) {
      return (long) keepalivesIdleSeconds;
    } else if (guc.equals(Gucs.TCP_KEEPALIVES_INTERVAL)) {
      return (long) keepalivesIntervalSeconds;
    } else if (guc.equals(Gucs.TCP_KEEPALIVES_COUNT)) {
      return (long) keepalivesCount;
    }
    return guc.equals(Gucs.TCP_USER_TIMEOUT) ? (Object) (long) userTimeoutMs : null;
  }

  public static TcpOptions of(GucSession gucs) {
    return new TcpOptions(
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_IDLE)),
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_INTERVAL)),
        Math.toIntExact(gucs.get(Gucs.TCP_KEEPALIVES_COUNT)),
        Math.toIntExact(gucs.get(Gucs.TCP_USER_TIMEOUT)));
  }
}
