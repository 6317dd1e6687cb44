package dev.lifeline.libpq.client;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What libpq calls conninfo: `host=... port=...`, or a URI. The options are libpq's; those that
/// Lifeline does not honour are refused by name when it comes to connecting.
///
/// @param options what was said, by libpq's names
public record ConnectionString(Map<String, String> options) {
  private static final Set<String> KNOWN =
      Set.of(
          "service",
          "user",
          "password",
          "passfile",
          "channel_binding",
          "connect_timeout",
          "dbname",
          "host",
          "hostaddr",
          "port",
          "client_encoding",
          "options",
          "application_name",
          "fallback_application_name",
          "keepalives",
          "keepalives_idle",
          "keepalives_interval",
          "keepalives_count",
          "tcp_user_timeout",
          "sslmode",
          "sslcompression",
          "sslcert",
          "sslkey",
          "sslpassword",
          "sslrootcert",
          "sslcrl",
          "sslcrldir",
          "sslsni",
          "requirepeer",
          "require_auth",
          "ssl_min_protocol_version",
          "ssl_max_protocol_version",
          "gssencmode",
          "krbsrvname",
          "gsslib",
          "replication",
          "target_session_attrs");

  /// What changes who is connected to or trusted, and is not there: it must not be ignored.
  private static final Set<String> REFUSED =
      Set.of("service", "sslpassword", "sslcrl", "sslcrldir", "requirepeer", "require_auth");

  private static final int PORT = 5432;
  private static final int PORT_MAX = 65_535;

  public ConnectionString {
    options = Map.copyOf(options);
  }

  /// Reads one.
  ///
  /// @throws PgException 42601 with libpq's words
  public static ConnectionString parse(String text) {
    Map<String, String> options =
        text.startsWith("postgresql://") || text.startsWith("postgres://")
            ? ConnectionUri.parse(text)
            : pairs(text);
    return new ConnectionString(options);
  }

  static PgException invalid(String reason) {
    return PgException.error(
        SqlState.SYNTAX_ERROR, "%s", "invalid connection string syntax: " + reason + "\n");
  }

  static boolean isKnown(String option) {
    return KNOWN.contains(option);
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> options = new LinkedHashMap<>();
    int at = skipSpace(text, 0);
    while (at < text.length()) {
      int nameEnd = at;
      while (nameEnd < text.length() && text.charAt(nameEnd) != '=' && !isSpace(text, nameEnd)) {
        nameEnd++;
      }
      String name = text.substring(at, nameEnd);
      at = skipSpace(text, nameEnd);
      if (at >= text.length() || text.charAt(at) != '=') {
        throw invalid("missing \"=\" after \"" + name + "\" in connection info string");
      }
      at = skipSpace(text, at + 1);
      StringBuilder value = new StringBuilder();
      at = value(text, at, value);
      if (!isKnown(name)) {
        throw invalid("invalid connection option \"" + name + "\"");
      }
      options.put(name, value.toString());
      at = skipSpace(text, at);
    }
    return options;
  }

  /// Reads a value, in quotes or not; a backslash takes the character after it as it is.
  private static int value(String text, int start, StringBuilder value) {
    boolean quoted = start < text.length() && text.charAt(start) == '\'';
    int at = quoted ? start + 1 : start;
    while (true) {
      if (at >= text.length()) {
        if (quoted) {
          throw invalid("unterminated quoted string in connection info string");
        }
        return at;
      }
      char c = text.charAt(at);
      if (quoted ? c == '\'' : isSpace(text, at)) {
        return at + 1;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(text.charAt(at));
      at++;
    }
  }

  private static boolean isSpace(String text, int at) {
    return Character.isWhitespace(text.charAt(at));
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text, at)) {
      at++;
    }
    return at;
  }

  /// An option, or null where it was not said or is empty.
  public @Nullable String get(String option) {
    String value = options.get(option);
    return value == null || value.isEmpty() ? null : value;
  }

  private String get(String option, String otherwise) {
    String value = get(option);
    return value == null ? otherwise : value;
  }

  /// Refuses what is not there.
  ///
  /// @throws PgException 0A000, or 08006 for values that libpq does not take either
  void checkSupported() {
    for (String option : REFUSED) {
      if (get(option) != null) {
        throw PgException.notSupported("connection option \"" + option + "\"");
      }
    }
    if (get("channel_binding", "prefer").equals("require")) {
      throw PgException.notSupported("connection option \"channel_binding\" = require");
    }
    if (get("gssencmode", "prefer").equals("require")) {
      throw PgException.notSupported("connection option \"gssencmode\" = require");
    }
  }

  String user() {
    return get("user", System.getProperty("user.name"));
  }

  String database() {
    return get("dbname", user());
  }

  /// When to encrypt.
  SslMode sslMode() {
    return SslMode.of(get("sslmode", "prefer"));
  }

  long connectTimeoutSeconds() {
    return integer("connect_timeout", get("connect_timeout", "0"));
  }

  /// The hosts to be tried, in their order.
  List<Dialer.Address> addresses() {
    String[] hosts = get("hostaddr", get("host", "/var/run/postgresql")).split(",", -1);
    String[] ports = get("port", Integer.toString(PORT)).split(",", -1);
    if (ports.length != 1 && ports.length != hosts.length) {
      throw failure(
          "could not match %d port numbers to %d hosts".formatted(ports.length, hosts.length));
    }
    List<Dialer.Address> addresses = new ArrayList<>();
    for (int i = 0; i < hosts.length; i++) {
      String port = ports[ports.length == 1 ? 0 : i];
      long number = integer("port", port.isEmpty() ? Integer.toString(PORT) : port);
      if (number < 1 || number > PORT_MAX) {
        throw failure("invalid port number: \"" + port + "\"");
      }
      String host = hosts[i].isEmpty() ? "/var/run/postgresql" : hosts[i];
      addresses.add(new Dialer.Address(host, (int) number));
    }
    return addresses;
  }

  private static long integer(String option, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw failure(
          "invalid integer value \"%s\" for connection option \"%s\"".formatted(text, option));
    }
  }

  static PgException failure(String reason) {
    return PgException.error(SqlState.CONNECTION_FAILURE, "%s", reason);
  }

  /// What is encrypted, and what of the server's certificate is checked.
  enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    static SslMode of(String text) {
      for (SslMode mode : values()) {
        if (mode.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
          return mode;
        }
      }
      throw failure("invalid sslmode value: \"" + text + "\"");
    }
  }
}
