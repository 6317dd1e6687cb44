package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.FnTable;
import java.util.Arrays;

/// `trim`, `ltrim`, `rtrim`, `btrim`.
final class TrimFunctions {
  private static final Text BLANK = Text.of(" ");

  private TrimFunctions() {}

  static void register(FnTable t) {
    t.o2("ltrim", (Text a, Text set) -> trim(a, set, true, false));
    t.o2("rtrim", (Text a, Text set) -> trim(a, set, false, true));
    t.o2("btrim", (Text a, Text set) -> trim(a, set, true, true));
    t.o1("ltrim1", (Text a) -> trim(a, BLANK, true, false));
    t.o1("rtrim1", TextOps::trimBlanks);
    t.o1("btrim1", (Text a) -> trim(a, BLANK, true, true));
    t.o2("byteatrim", (Bytea a, Bytea set) -> trim(a, set, true, true));
    t.o2("bytealtrim", (Bytea a, Bytea set) -> trim(a, set, true, false));
    t.o2("byteartrim", (Bytea a, Bytea set) -> trim(a, set, false, true));
  }

  private static Text trim(Text a, Text set, boolean left, boolean right) {
    byte[] bytes = a.bytes();
    int from = 0;
    int end = bytes.length;
    if (left) {
      while (from < end) {
        int length = charLength(bytes, from);
        if (!contains(set.bytes(), bytes, from, length)) {
          break;
        }
        from += length;
      }
    }
    if (right) {
      while (end > from) {
        int start = end - 1;
        while (start > from && (bytes[start] & 0xC0) == 0x80) {
          start--;
        }
        if (!contains(set.bytes(), bytes, start, end - start)) {
          break;
        }
        end = start;
      }
    }
    return a.slice(from, end);
  }

  private static int charLength(byte[] utf8, int at) {
    int length = 1;
    while (at + length < utf8.length && (utf8[at + length] & 0xC0) == 0x80) {
      length++;
    }
    return length;
  }

  /// Whether the character of these bytes is one of the set's.
  private static boolean contains(byte[] set, byte[] bytes, int from, int length) {
    for (int at = 0; at < set.length; at += charLength(set, at)) {
      if (charLength(set, at) == length
          && Arrays.equals(set, at, at + length, bytes, from, from + length)) {
        return true;
      }
    }
    return false;
  }

  private static Bytea trim(Bytea a, Bytea set, boolean left, boolean right) {
    byte[] bytes = a.bytes();
    int from = 0;
    int end = bytes.length;
    while (left && from < end && contains(set.bytes(), bytes[from])) {
      from++;
    }
    while (right && end > from && contains(set.bytes(), bytes[end - 1])) {
      end--;
    }
    return Bytea.wrap(Arrays.copyOfRange(bytes, from, end));
  }

  private static boolean contains(byte[] set, byte wanted) {
    for (byte b : set) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }
}
