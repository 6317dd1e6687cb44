package dev.lifeline.libpq;

import java.net.Inet4Address;
import java.net.InetAddress;

/// Spells addresses as PostgreSQL, that is the C library, does: in IPv6 the longest run of zeros is
/// left out (RFC 5952).
public final class NumericAddress {
  private static final int GROUPS = 8;

  private NumericAddress() {}

  public static String of(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    return length < 2
        ? hex(groups, 0, GROUPS)
        : hex(groups, 0, start) + "::" + hex(groups, start + length, GROUPS);
  }

  /// An address as the socket layer spells it, in PostgreSQL's spelling.
  public static String of(String literal) {
    int zone = literal.indexOf('%');
    return of(InetAddress.ofLiteral(zone < 0 ? literal : literal.substring(0, zone)));
  }

  private static String hex(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      if (i > from) {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
