package dev.lifeline.libpq;

import dev.lifeline.libpq.HbaLine.ConnectionType;
import dev.lifeline.libpq.HbaOptions.ClientCert;
import dev.lifeline.libpq.HbaOptions.ClientName;
import dev.lifeline.utils.error.PgException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a rule of a line's words, or says what is wrong with it.
final class HbaParser {
  /// Methods that PostgreSQL knows and Lifeline does not offer.
  private static final Set<String> METHODS_NOT_SUPPORTED =
      Set.of("ident", "gss", "sspi", "pam", "bsd", "ldap", "radius");

  /// Options of PostgreSQL's methods, with the methods that they are for, as its message says it.
  private static final Map<String, String> OPTIONS_OF_METHODS =
      Map.ofEntries(
          Map.entry("map", "ident, peer, gssapi, sspi, and cert"),
          Map.entry("pamservice", "pam"),
          Map.entry("pam_use_hostname", "pam"),
          Map.entry("ldapurl", "ldap"),
          Map.entry("ldaptls", "ldap"),
          Map.entry("ldapscheme", "ldap"),
          Map.entry("ldapserver", "ldap"),
          Map.entry("ldapport", "ldap"),
          Map.entry("ldapbinddn", "ldap"),
          Map.entry("ldapbindpasswd", "ldap"),
          Map.entry("ldapsearchattribute", "ldap"),
          Map.entry("ldapsearchfilter", "ldap"),
          Map.entry("ldapbasedn", "ldap"),
          Map.entry("ldapprefix", "ldap"),
          Map.entry("ldapsuffix", "ldap"),
          Map.entry("krb_realm", "gssapi and sspi"),
          Map.entry("include_realm", "gssapi and sspi"),
          Map.entry("compat_realm", "sspi"),
          Map.entry("upn_username", "sspi"),
          Map.entry("radiusservers", "radius"),
          Map.entry("radiusports", "radius"),
          Map.entry("radiussecrets", "radius"),
          Map.entry("radiusidentifiers", "radius"));

  private final HbaTokenizer.Line line;
  private final List<List<HbaToken>> fields;
  private final boolean tls;
  private @Nullable BadLine inVain;
  private int next;

  HbaParser(HbaTokenizer.Line line, boolean tls) {
    this.line = line;
    this.fields = line.fields();
    this.tls = tls;
  }

  HbaLine parse() throws BadLine {
    ConnectionType type = type();
    inVain = inVain(type);
    List<HbaToken> databases = names("end-of-line before database specification");
    List<HbaToken> users = names("end-of-line before role specification");
    AddressRange address = type == ConnectionType.LOCAL ? new AddressRange.None() : address();
    AuthMethod method = method(type);
    return new HbaLine(
        line.number(), line.raw(), type, databases, users, address, method, options(type, method));
  }

  /// Why a line that is right can match nothing; null where it can.
  @Nullable BadLine inVain() {
    return inVain;
  }

  private @Nullable BadLine inVain(ConnectionType type) {
    return switch (type) {
      case HOSTSSL ->
          tls
              ? null
              : new BadLine(
                  "hostssl record cannot match because SSL is disabled",
                  "Set ssl = on in postgresql.conf.");
      case HOSTGSSENC ->
          new BadLine(
              "hostgssenc record cannot match because GSSAPI is not supported by this build", null);
      case LOCAL, HOST, HOSTNOSSL, HOSTNOGSSENC -> null;
    };
  }

  /// What is wrong with a line, in PostgreSQL's words.
  static final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String hint;
    private final @Nullable String shown;

    BadLine(String message, @Nullable String hint) {
      this(message, hint, message);
    }

    BadLine(String message, @Nullable String hint, @Nullable String shown) {
      super(message);
      this.hint = hint;
      this.shown = shown;
    }

    /// What `pg_hba_file_rules.error` says, which in a few cases is not what the log says.
    @Nullable String shown() {
      return shown;
    }

    String message() {
      String message = getMessage();
      return message == null ? "" : message;
    }

    @Nullable String hint() {
      return hint;
    }
  }

  private List<HbaToken> field(String missing, @Nullable String hint) throws BadLine {
    if (next == fields.size()) {
      throw new BadLine(missing, hint);
    }
    return fields.get(next++);
  }

  private List<HbaToken> names(String missing) throws BadLine {
    List<HbaToken> field = field(missing, null);
    try {
      return field.stream().map(HbaToken::compiled).toList();
    } catch (PgException e) {
      throw new BadLine(e.message(), null);
    }
  }

  private HbaToken single(String missing, @Nullable String missingHint, String many, String hint)
      throws BadLine {
    List<HbaToken> field = field(missing, missingHint);
    if (field.size() > 1) {
      throw new BadLine(many, hint);
    }
    return field.getFirst();
  }

  private ConnectionType type() throws BadLine {
    HbaToken token =
        single(
            "end-of-line before connection type",
            null,
            "multiple values specified for connection type",
            "Specify exactly one connection type per line.");
    for (ConnectionType type : ConnectionType.values()) {
      if (type.hbaName().equals(token.text())) {
        return type;
      }
    }
    throw new BadLine("invalid connection type \"" + token.text() + "\"", null);
  }

  private AddressRange address() throws BadLine {
    HbaToken token =
        single(
            "end-of-line before IP address specification",
            null,
            "multiple values specified for host address",
            "Specify one address range per line.");
    if (token.isKeyword("all")) {
      return new AddressRange.All();
    }
    if (token.isKeyword("samehost")) {
      return new AddressRange.SameHost();
    }
    if (token.isKeyword("samenet")) {
      return new AddressRange.SameNet();
    }
    String text = token.text();
    int slash = text.indexOf('/');
    InetAddress address = literal(slash < 0 ? text : text.substring(0, slash));
    if (address == null && slash >= 0) {
      throw new BadLine(
          "specifying both host name and CIDR mask is invalid: \"" + text + "\"", null);
    }
    if (address == null) {
      return new AddressRange.HostName(text);
    }
    return slash < 0 ? masked(address) : cidr(address, text, slash);
  }

  private static AddressRange cidr(InetAddress address, String text, int slash) throws BadLine {
    try {
      return new AddressRange.Cidr(address, Integer.parseInt(text, slash + 1, text.length(), 10));
    } catch (IllegalArgumentException e) {
      throw new BadLine("invalid CIDR mask in address \"" + text + "\"", null);
    }
  }

  private AddressRange masked(InetAddress address) throws BadLine {
    HbaToken token =
        single(
            "end-of-line before netmask specification",
            "Specify an address range in CIDR notation, or provide a separate netmask.",
            "multiple values specified for netmask",
            "Specify one netmask per line.");
    InetAddress mask = literal(token.text());
    if (mask == null) {
      throw new BadLine(
          "invalid IP mask \"" + token.text() + "\": Name or service not known", null);
    }
    if (mask.getClass() != address.getClass()) {
      throw new BadLine("IP address and mask do not match", null);
    }
    return new AddressRange.Masked(address, mask);
  }

  /// Addresses are told without the zone that they are in.
  private static @Nullable InetAddress literal(String text) {
    int zone = text.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private AuthMethod method(ConnectionType type) throws BadLine {
    HbaToken token =
        single(
            "end-of-line before authentication method",
            null,
            "multiple values specified for authentication type",
            "Specify exactly one authentication type per line.");
    String name = token.text();
    boolean local = type == ConnectionType.LOCAL;
    // On a Unix-domain socket nobody needs to be asked.
    AuthMethod method = AuthMethod.byName(local && name.equals("ident") ? "peer" : name);
    if (local && name.equals("gss")) {
      throw new BadLine("gssapi authentication is not supported on local sockets", null);
    }
    if (method == AuthMethod.PEER && !local) {
      throw new BadLine("peer authentication is only supported on local sockets", null);
    }
    if (method == AuthMethod.CERT && type != ConnectionType.HOSTSSL) {
      throw new BadLine("cert authentication is only supported on hostssl connections", null);
    }
    if (method != null) {
      return method;
    }
    throw new BadLine(
        "invalid authentication method \"%s\"%s"
            .formatted(
                name, METHODS_NOT_SUPPORTED.contains(name) ? ": not supported by this build" : ""),
        null);
  }

  private HbaOptions options(ConnectionType type, AuthMethod method) throws BadLine {
    HbaOptions options =
        method == AuthMethod.CERT ? HbaOptions.NONE.with(ClientCert.VERIFY_FULL) : HbaOptions.NONE;
    while (next < fields.size()) {
      for (HbaToken token : fields.get(next)) {
        int equals = token.text().indexOf('=');
        if (equals < 0) {
          throw new BadLine(
              "authentication option not in name=value format: " + token.text(), null);
        }
        options =
            option(
                options,
                token.text().substring(0, equals),
                token.text().substring(equals + 1),
                type,
                method);
      }
      next++;
    }
    return options;
  }

  private static HbaOptions option(
      HbaOptions options, String name, String value, ConnectionType type, AuthMethod method)
      throws BadLine {
    switch (name) {
      case "map" -> {
        if (method == AuthMethod.PEER || method == AuthMethod.CERT) {
          return options.withMap(value);
        }
      }
      case "clientcert" -> {
        return options.with(clientCert(value, type, method));
      }
      case "clientname" -> {
        return options.with(clientName(value, type));
      }
      default -> {}
    }
    String methods = OPTIONS_OF_METHODS.get(name);
    if (methods != null) {
      throw new BadLine(
          "authentication option \"%s\" is only valid for authentication methods %s"
              .formatted(name, methods),
          null);
    }
    throw new BadLine("unrecognized authentication option name: \"" + name + "\"", null);
  }

  private static ClientCert clientCert(String value, ConnectionType type, AuthMethod method)
      throws BadLine {
    if (type != ConnectionType.HOSTSSL) {
      throw new BadLine("clientcert can only be configured for \"hostssl\" rows", null);
    }
    return switch (value) {
      case "verify-full" -> ClientCert.VERIFY_FULL;
      case "verify-ca" -> {
        if (method == AuthMethod.CERT) {
          throw new BadLine(
              "clientcert only accepts \"verify-full\" when using \"cert\" authentication",
              null,
              "clientcert can only be set to \"verify-full\" when using \"cert\" authentication");
        }
        yield ClientCert.VERIFY_CA;
      }
      default -> throw new BadLine("invalid value for clientcert: \"" + value + "\"", null, null);
    };
  }

  private static ClientName clientName(String value, ConnectionType type) throws BadLine {
    if (type != ConnectionType.HOSTSSL) {
      throw new BadLine("clientname can only be configured for \"hostssl\" rows", null);
    }
    return switch (value) {
      case "CN" -> ClientName.CN;
      case "DN" -> ClientName.DN;
      default -> throw new BadLine("invalid value for clientname: \"" + value + "\"", null, null);
    };
  }
}
