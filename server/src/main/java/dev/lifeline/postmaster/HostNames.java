package dev.lifeline.postmaster;

import dev.lifeline.libpq.ClientHost;
import dev.lifeline.libpq.ClientHost.State;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Looks up what a client's host is called, for the rules of `pg_hba.conf` that name hosts. Blocks.
final class HostNames {
  private static final String UNKNOWN = "Name or service not known";

  private HostNames() {}

  /// Whoever owns an address can say that it has any name; so the name must lead back to it.
  static ClientHost lookUp(String address) {
    InetAddress client = InetAddress.ofLiteral(address);
    // Without its name, which the lookup would take as the answer.
    String name = client.getCanonicalHostName();
    if (name.equals(client.getHostAddress())) {
      return new ClientHost(null, State.ADDRESS_LOOKUP_FAILED, UNKNOWN);
    }
    try {
      boolean leadsBack = Arrays.asList(InetAddress.getAllByName(name)).contains(client);
      return new ClientHost(name, leadsBack ? State.MATCHES : State.DOES_NOT_MATCH, null);
    } catch (UnknownHostException e) {
      return new ClientHost(name, State.NAME_LOOKUP_FAILED, UNKNOWN);
    }
  }
}
