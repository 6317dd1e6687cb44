package dev.lifeline.libpq;

import org.jspecify.annotations.Nullable;

/// The name of a client's host. It is looked up only when a rule of `pg_hba.conf` that is reached
/// asks for it, because that takes long and depends on other servers.
///
/// @param name what the address resolves to; null where it was not looked up or has none
/// @param state how far the name can be trusted
/// @param problem why it could not be looked up; null where it could
public record ClientHost(@Nullable String name, State state, @Nullable String problem) {
  /// Not looked up yet.
  public static final ClientHost UNRESOLVED = new ClientHost(null, State.UNRESOLVED, null);

  /// Anybody can call an address of his own by any name: it counts only where the name resolves to
  /// the address, too.
  public enum State {
    UNRESOLVED,
    MATCHES,
    DOES_NOT_MATCH,
    NAME_LOOKUP_FAILED,
    ADDRESS_LOOKUP_FAILED
  }

  /// Whether the rule is about this host.
  ///
  /// @throws NotResolved when the name must be looked up first
  boolean matches(AddressRange.HostName rule) {
    if (state == State.UNRESOLVED) {
      throw new NotResolved();
    }
    return state == State.MATCHES && name != null && rule.matches(name);
  }

  /// What the log is told when no rule matches; null where nothing was looked up.
  public @Nullable String logDetail() {
    return switch (state) {
      case UNRESOLVED -> null;
      case MATCHES -> detail("forward lookup matches.");
      case DOES_NOT_MATCH -> detail("forward lookup does not match.");
      case NAME_LOOKUP_FAILED ->
          "Could not translate client host name \"%s\" to IP address: %s.".formatted(name, problem);
      case ADDRESS_LOOKUP_FAILED ->
          "Could not resolve client IP address to a host name: %s.".formatted(problem);
    };
  }

  private String detail(String lookup) {
    return "Client IP address resolved to \"" + name + "\", " + lookup;
  }

  /// The rules cannot be gone through before the name is known.
  public static final class NotResolved extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotResolved() {
      super("the client's host name is not resolved", null, false, false);
    }
  }
}
