package dev.lifeline.libpq;

import java.util.List;
import java.util.Set;

/// One rule of `pg_hba.conf`.
///
/// Names of databases and users may be regular expressions behind a slash, as from PostgreSQL 16
/// on: what version 15 takes for a name that begins with a slash, and that nobody has.
///
/// @param number its line, from 1
/// @param raw its text, as the log quotes it
public record HbaLine(
    int number,
    String raw,
    ConnectionType type,
    List<HbaToken> databases,
    List<HbaToken> users,
    AddressRange address,
    AuthMethod method,
    HbaOptions options) {
  public HbaLine {
    databases = List.copyOf(databases);
    users = List.copyOf(users);
  }

  /// Which connections a rule is about.
  public enum ConnectionType {
    LOCAL("local"),
    HOST("host"),
    HOSTSSL("hostssl"),
    HOSTNOSSL("hostnossl"),
    HOSTGSSENC("hostgssenc"),
    HOSTNOGSSENC("hostnogssenc");

    private final String hbaName;

    ConnectionType(String hbaName) {
      this.hbaName = hbaName;
    }

    public String hbaName() {
      return hbaName;
    }
  }

  /// Whether the rule looks at groups, so that [#matches] needs them.
  boolean needsMemberships() {
    return users.stream().anyMatch(HbaLine::isGroup)
        || databases.stream().anyMatch(d -> d.isKeyword("samerole") || d.isKeyword("samegroup"));
  }

  boolean matches(
      HbaRequest request, Set<String> memberships, AddressRange.LocalNetworks networks) {
    return matchesConnection(request, networks)
        && matchesDatabase(request, memberships)
        && matchesUser(request, memberships);
  }

  private boolean matchesConnection(HbaRequest request, AddressRange.LocalNetworks networks) {
    ClientAddress client = request.address();
    String host = client.host();
    if (host == null) {
      return type == ConnectionType.LOCAL;
    }
    boolean kind =
        switch (type) {
          case LOCAL, HOSTGSSENC -> false;
          case HOST, HOSTNOGSSENC -> true;
          case HOSTSSL -> request.tls();
          case HOSTNOSSL -> !request.tls();
        };
    if (kind && address instanceof AddressRange.HostName name) {
      return request.host().matches(name);
    }
    return kind && address.contains(host, networks);
  }

  private boolean matchesDatabase(HbaRequest request, Set<String> memberships) {
    for (HbaToken token : databases) {
      if (request.replication()) {
        if (token.isKeyword("replication")) {
          return true;
        }
        continue;
      }
      boolean matches;
      if (token.isKeyword("all")) {
        matches = true;
      } else if (token.isKeyword("sameuser")) {
        matches = request.database().equals(request.user());
      } else if (token.isKeyword("samerole") || token.isKeyword("samegroup")) {
        matches = memberships.contains(request.database());
      } else if (token.isKeyword("replication")) {
        matches = false;
      } else {
        matches = token.names(request.database());
      }
      if (matches) {
        return true;
      }
    }
    return false;
  }

  private boolean matchesUser(HbaRequest request, Set<String> memberships) {
    for (HbaToken token : users) {
      boolean matches;
      if (isGroup(token)) {
        matches = memberships.contains(token.text().substring(1));
      } else {
        matches = token.isKeyword("all") || token.names(request.user());
      }
      if (matches) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGroup(HbaToken user) {
    return !user.quoted() && user.text().startsWith("+");
  }
}
