package dev.lifeline.libpq;

import dev.lifeline.libpq.HbaLine.ConnectionType;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a rule of a line's words, or says what is wrong with it.
final class HbaParser {
  /// Methods that PostgreSQL knows and Lifeline does not offer.
  private static final Set<String> METHODS_NOT_SUPPORTED =
      Set.of("ident", "peer", "gss", "sspi", "pam", "bsd", "ldap", "cert", "radius");

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

  private final List<List<HbaToken>> fields;
  private int next;

  private HbaParser(List<List<HbaToken>> fields) {
    this.fields = fields;
  }

  static HbaLine parse(HbaTokenizer.Line line) throws BadLine {
    if (line.error() != null) {
      throw new BadLine(line.error(), null);
    }
    HbaParser parser = new HbaParser(line.fields());
    ConnectionType type = parser.type();
    List<HbaToken> databases = parser.field("end-of-line before database specification", null);
    List<HbaToken> users = parser.field("end-of-line before role specification", null);
    AddressRange address = type == ConnectionType.LOCAL ? new AddressRange.All() : parser.address();
    AuthMethod method = parser.method(type);
    return new HbaLine(
        line.number(), line.raw(), type, databases, users, address, method, parser.options(type));
  }

  /// What is wrong with a line, in PostgreSQL's words.
  static final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String hint;

    BadLine(String message, @Nullable String hint) {
      super(message);
      this.hint = hint;
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
    if (address == null) {
      throw new BadLine(
          slash >= 0
              ? "specifying both host name and CIDR mask is invalid: \"" + text + "\""
              : "host name \"" + text + "\" as an address is not supported by Lifeline",
          null);
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

  private static @Nullable InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
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
    AuthMethod method = AuthMethod.byName(token.text());
    if (method != null) {
      return method;
    }
    if (token.text().equals("peer") && type != ConnectionType.LOCAL) {
      throw new BadLine("peer authentication is only supported on local sockets", null);
    }
    if (token.text().equals("cert") && type != ConnectionType.HOSTSSL) {
      throw new BadLine("cert authentication is only supported on hostssl connections", null);
    }
    if (METHODS_NOT_SUPPORTED.contains(token.text())) {
      throw new BadLine(
          "invalid authentication method \"%s\": not supported by this build"
              .formatted(token.text()),
          null);
    }
    throw new BadLine("invalid authentication method \"" + token.text() + "\"", null);
  }

  private Map<String, String> options(ConnectionType type) throws BadLine {
    Map<String, String> options = new LinkedHashMap<>();
    while (next < fields.size()) {
      for (HbaToken token : fields.get(next)) {
        int equals = token.text().indexOf('=');
        if (equals < 0) {
          throw new BadLine(
              "authentication option not in name=value format: " + token.text(), null);
        }
        String name = token.text().substring(0, equals);
        checkOption(name, type);
        options.put(name, token.text().substring(equals + 1));
      }
      next++;
    }
    return options;
  }

  /// None of the methods that Lifeline offers has an option of its own.
  private static void checkOption(String name, ConnectionType type) throws BadLine {
    String methods = OPTIONS_OF_METHODS.get(name);
    if (methods != null) {
      throw new BadLine(
          "authentication option \"%s\" is only valid for authentication methods %s"
              .formatted(name, methods),
          null);
    }
    if (name.equals("clientcert") || name.equals("clientname")) {
      if (type != ConnectionType.HOSTSSL) {
        throw new BadLine(name + " can only be configured for \"hostssl\" rows", null);
      }
      throw new BadLine(
          "authentication option \"" + name + "\" is not supported by Lifeline", null);
    }
    throw new BadLine("unrecognized authentication option name: \"" + name + "\"", null);
  }
}
