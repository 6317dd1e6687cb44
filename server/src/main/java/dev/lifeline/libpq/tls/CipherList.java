package dev.lifeline.libpq.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// OpenSSL's cipher lists (`ssl_ciphers`), e.g. `HIGH:MEDIUM:+3DES:!aNULL`: words that add suites
/// or, behind `!`, `-` and `+`, forbid them, remove them, or move them to the end. They concern TLS
/// 1.2 and older; the suites of TLS 1.3 are always there.
final class CipherList {
  private final List<String> known = new ArrayList<>();
  private final List<String> always = new ArrayList<>();

  /// @param supported the JDK's suites, in its order of preference
  CipherList(List<String> supported) {
    for (String suite : supported) {
      if (suite.endsWith("_SCSV")) {
        continue;
      }
      (suite.contains("_WITH_") ? known : always).add(suite);
    }
  }

  /// The JDK's suites that a list names, the most preferred first; those of TLS 1.3 alone where it
  /// names none.
  List<String> select(String list) {
    LinkedHashSet<String> selected = new LinkedHashSet<>();
    Set<String> forbidden = new LinkedHashSet<>();
    for (String word : list.split("[:, ;]+", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      if (word.startsWith("@")) {
        sort(word, selected);
        continue;
      }
      char sign = word.charAt(0);
      boolean signed = sign == '!' || sign == '-' || sign == '+';
      List<String> named = named(signed ? word.substring(1) : word);
      switch (sign) {
        case '!' -> {
          forbidden.addAll(named);
          named.forEach(selected::remove);
        }
        case '-' -> named.forEach(selected::remove);
        case '+' -> named.stream().filter(selected::remove).toList().forEach(selected::add);
        default ->
            named.stream().filter(suite -> !forbidden.contains(suite)).forEach(selected::add);
      }
    }
    List<String> suites = new ArrayList<>(always);
    suites.addAll(selected);
    return suites;
  }

  /// Whether a list names a suite at all, as PostgreSQL demands.
  boolean valid(String list) {
    return select(list).size() > always.size();
  }

  private static void sort(String word, Set<String> selected) {
    if (word.equals("@STRENGTH")) {
      List<String> sorted = new ArrayList<>(selected);
      sorted.sort(Comparator.comparingInt(suite -> -CipherSuite.keyBits(suite)));
      selected.clear();
      selected.addAll(sorted);
    }
  }

  /// The suites that all parts of a word (`ECDHE+AESGCM`) are about.
  private List<String> named(String word) {
    return known.stream()
        .filter(suite -> Arrays.stream(word.split("\\+", -1)).allMatch(part -> is(suite, part)))
        .toList();
  }

  private static boolean is(String suite, String part) {
    String upper = suite.toUpperCase(Locale.ROOT);
    boolean anonymous = upper.contains("_ANON_");
    boolean none = upper.contains("_NULL_");
    String exchange = upper.substring(4, upper.indexOf("_WITH_"));
    return switch (part) {
      case "DEFAULT" -> !anonymous && !none && high(suite);
      case "ALL" -> !none;
      case "COMPLEMENTOFALL", "eNULL", "NULL" -> none;
      case "HIGH" -> high(suite);
      case "MEDIUM" -> !none && !high(suite) && CipherSuite.keyBits(suite) > 64;
      case "LOW" -> !none && CipherSuite.keyBits(suite) <= 64;
      case "aNULL", "ADH", "AECDH" -> anonymous;
      case "kRSA" -> exchange.equals("RSA");
      case "RSA" -> exchange.equals("RSA");
      case "aRSA" -> exchange.endsWith("RSA");
      case "aECDSA", "ECDSA" -> exchange.endsWith("ECDSA");
      case "kEECDH", "kECDHE", "ECDHE", "EECDH" -> exchange.startsWith("ECDHE");
      case "ECDH", "kECDH" -> exchange.startsWith("ECDH");
      case "kEDH", "kDHE", "DHE", "EDH" -> exchange.startsWith("DHE");
      case "DH" -> exchange.startsWith("DH");
      case "AES" -> upper.contains("_AES_");
      case "AES128" -> upper.contains("_AES_128");
      case "AES256" -> upper.contains("_AES_256");
      case "AESGCM" -> upper.contains("_GCM_");
      case "CHACHA20" -> upper.contains("CHACHA20");
      case "3DES" -> upper.contains("3DES");
      case "DES" -> upper.contains("_DES_");
      case "RC4" -> upper.contains("RC4");
      case "MD5" -> upper.endsWith("_MD5");
      case "SHA", "SHA1" -> upper.endsWith("_SHA");
      case "SHA256" -> upper.endsWith("_SHA256") && !upper.contains("_GCM_");
      case "SHA384" -> upper.endsWith("_SHA384") && !upper.contains("_GCM_");
      case "TLSv1.2" ->
          upper.contains("_GCM_")
              || upper.contains("CHACHA20")
              || upper.endsWith("SHA256")
              || upper.endsWith("SHA384");
      default -> CipherSuite.openSslName(suite).equals(part) || suite.equals(part);
    };
  }

  /// OpenSSL counts triple DES and RC4 as medium.
  private static boolean high(String suite) {
    return CipherSuite.keyBits(suite) >= 128 && !suite.contains("RC4");
  }
}
