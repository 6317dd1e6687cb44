package dev.lifeline.commands;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/// Makes up names for indexes, constraints and sequences that were given none, as PostgreSQL does.
final class ObjectNames {
  /// NAMEDATALEN without its terminating zero.
  static final int BYTES_MAX = 63;

  private ObjectNames() {}

  /// `name1_name2_label`, the longer of the names cut where it would be too long.
  ///
  /// @param name2 may be empty, and is then left out
  static String make(String name1, String name2, String label) {
    int overhead = label.length() + 1 + (name2.isEmpty() ? 0 : 1);
    int available = BYTES_MAX - overhead;
    int length1 = bytes(name1);
    int length2 = bytes(name2);
    while (length1 + length2 > available) {
      if (length1 > length2) {
        length1--;
      } else {
        length2--;
      }
    }
    String first = truncate(name1, length1);
    return name2.isEmpty()
        ? first + "_" + label
        : first + "_" + truncate(name2, length2) + "_" + label;
  }

  /// As [#make], with a number behind the label where the name is taken.
  static String choose(String name1, String name2, String label, Predicate<String> taken) {
    String name = make(name1, name2, label);
    for (int pass = 1; taken.test(name); pass++) {
      name = make(name1, name2, label + pass);
    }
    return name;
  }

  private static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  /// The beginning of a name that has at most so many bytes, whole characters only.
  static String truncate(String name, int bytesMax) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return name;
    }
    int end = bytesMax;
    while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
