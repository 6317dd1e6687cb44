package dev.lifeline.libpq.client;

import static dev.lifeline.libpq.client.ConnectionString.invalid;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A connection string that is a URI:
///
/// ```text
/// postgresql://[user[:password]@][host[:port],...][/dbname][?option=value&...]
/// ```
final class ConnectionUri {
  private final String uri;
  private final Map<String, String> options = new LinkedHashMap<>();

  private ConnectionUri(String uri) {
    this.uri = uri;
  }

  static Map<String, String> parse(String uri) {
    ConnectionUri parser = new ConnectionUri(uri);
    String rest = uri.substring(uri.indexOf("://") + 3);
    int query = rest.indexOf('?');
    if (query >= 0) {
      parser.options(rest.substring(query + 1));
      rest = rest.substring(0, query);
    }
    int slash = slash(rest);
    if (slash < rest.length()) {
      parser.put("dbname", rest.substring(slash + 1));
      rest = rest.substring(0, slash);
    }
    int at = rest.lastIndexOf('@');
    if (at >= 0) {
      parser.user(rest.substring(0, at));
    }
    parser.hosts(rest.substring(at + 1));
    return parser.options;
  }

  /// Where the path begins: a slash that is in no brackets.
  private static int slash(String text) {
    int slash = text.indexOf('/', Math.max(0, text.lastIndexOf(']')));
    return slash < 0 ? text.length() : slash;
  }

  private void user(String text) {
    int colon = text.indexOf(':');
    put("user", colon < 0 ? text : text.substring(0, colon));
    if (colon >= 0) {
      put("password", text.substring(colon + 1));
    }
  }

  private void hosts(String text) {
    List<String> hosts = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      String port = "";
      String host = one;
      if (one.startsWith("[")) {
        int end = one.indexOf(']');
        if (end < 0) {
          throw invalid(
              "end of string reached when looking for matching \"]\" in IPv6 host address in URI: \""
                  + uri
                  + "\"");
        }
        host = one.substring(1, end);
        port = one.length() > end + 1 ? one.substring(end + 2) : "";
      } else if (one.indexOf(':') >= 0) {
        host = one.substring(0, one.indexOf(':'));
        port = one.substring(one.indexOf(':') + 1);
      }
      hosts.add(decode(host));
      ports.add(port);
    }
    if (hosts.stream().anyMatch(host -> !host.isEmpty())) {
      options.putIfAbsent("host", String.join(",", hosts));
    }
    if (ports.stream().anyMatch(port -> !port.isEmpty())) {
      options.putIfAbsent("port", String.join(",", ports));
    }
  }

  private void options(String query) {
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw invalid("missing key/value separator \"=\" in URI query parameter: \"" + pair + "\"");
      }
      String name = decode(pair.substring(0, equals));
      String value = decode(pair.substring(equals + 1));
      if (name.equals("ssl") && value.equals("true")) {
        options.put("sslmode", "require");
        continue;
      }
      if (!ConnectionString.isKnown(name)) {
        throw invalid("invalid URI query parameter: \"" + name + "\"");
      }
      options.put(name, value);
    }
  }

  private void put(String option, String text) {
    if (!text.isEmpty()) {
      options.put(option, decode(text));
    }
  }

  /// Replaces `%41` by what it stands for.
  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] from = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < from.length; i++) {
      if (from[i] != '%') {
        bytes.write(from[i]);
        continue;
      }
      int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
      int low = i + 2 < from.length ? Character.digit(from[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw invalid("invalid percent-encoded token: \"" + text + "\"");
      }
      if (high == 0 && low == 0) {
        throw invalid("forbidden value %00 in percent-encoded value: \"" + text + "\"");
      }
      bytes.write(high << 4 | low);
      i += 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
