package dev.lifeline.libpq.tls;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of cipher suites: the JDK's, which are the standard's, and OpenSSL's, which
/// PostgreSQL's parameters and views have.
final class CipherSuite {
  /// e.g. `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`
  private static final Pattern STANDARD = Pattern.compile("(?:TLS|SSL)_(\\w+?)_WITH_(\\w+)");

  private static final Pattern BITS = Pattern.compile("_(\\d{3})(?:_|$)");

  private static final Map<String, String> CIPHERS =
      Map.of(
          "AES_128_CBC", "AES128",
          "AES_256_CBC", "AES256",
          "AES_128_GCM", "AES128-GCM",
          "AES_256_GCM", "AES256-GCM",
          "CHACHA20_POLY1305", "CHACHA20-POLY1305",
          "3DES_EDE_CBC", "DES-CBC3",
          "RC4_128", "RC4");

  private CipherSuite() {}

  /// Those of TLS 1.3 have the standard's names in OpenSSL, too.
  static String openSslName(String standard) {
    Matcher matcher = STANDARD.matcher(standard);
    if (!matcher.matches()) {
      return standard;
    }
    String exchange = matcher.group(1);
    String rest = matcher.group(2);
    int last = rest.lastIndexOf('_');
    String cipher = rest.substring(0, last);
    String hash = rest.substring(last + 1);
    String keys =
        exchange.equals("RSA") ? "" : exchange.replace("_anon", "").replace('_', '-') + "-";
    if (exchange.endsWith("_anon")) {
      keys = "A" + keys.replace("DHE", "DH");
    }
    String name = CIPHERS.getOrDefault(cipher, cipher.replace('_', '-'));
    // That of the last one says its hash by itself.
    return name.startsWith("CHACHA20") ? keys + name : keys + name + "-" + hash;
  }

  static int keyBits(String standard) {
    String upper = standard.toUpperCase(Locale.ROOT);
    if (upper.contains("CHACHA20")) {
      return 256;
    }
    if (upper.contains("3DES")) {
      return 112;
    }
    Matcher matcher = BITS.matcher(upper);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
