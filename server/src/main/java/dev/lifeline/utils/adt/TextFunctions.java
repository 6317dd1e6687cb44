package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Comparison;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;

/// Functions over strings: PostgreSQL's `varlena.c`, `oracle_compat.c`, `varchar.c`.
final class TextFunctions {
  /// PostgreSQL's limit on the size of a value.
  private static final int ALLOC_MAX = 0x3FFF_FFFF;

  private TextFunctions() {}

  static void register(FnTable t) {
    registerComparisons(t);
    registerCasts(t);
    registerLength(t);
    registerParts(t);
    registerCase(t);
    registerBuilding(t);
    TrimFunctions.register(t);
    LikeFunctions.register(t);
    QuoteFunctions.register(t);
    StringHashFunctions.register(t);
    ByteaFunctions.register(t);
    RegexFunctions.register(t);
    ConcatFunctions.register(t);
  }

  private static void registerComparisons(FnTable t) {
    Comparator<Text> order = Comparator.naturalOrder();
    Fn.OTest<Text, Text> equal = Text::equals;
    Fn.OTest<Text, Text> notEqual = (a, b) -> !a.equals(b);
    t.oTest("texteq", equal);
    t.oTest("textne", notEqual);
    for (Comparison c :
        new Comparison[] {Comparison.LT, Comparison.LE, Comparison.GT, Comparison.GE}) {
      Fn.OTest<Text, Text> test = (a, b) -> c.holds(a.compareTo(b));
      t.oTest("text_" + c.suffix(), test);
      t.oTest("text_pattern_" + c.suffix(), test);
      t.oTest(
          "bpchar_pattern_" + c.suffix(), (Text a, Text b) -> c.holds(TextOps.compareBpchar(a, b)));
    }
    t.comparisons("name", order);
    for (Comparison c : Comparison.values()) {
      Fn.OTest<Text, Text> test = (a, b) -> c.holds(a.compareTo(b));
      t.oTest("name" + c.suffix() + "text", test);
      t.oTest("text" + c.suffix() + "name", test);
    }
    t.comparisons("bpchar", TextOps::compareBpchar);
    t.o2("text_larger", (Text a, Text b) -> a.compareTo(b) > 0 ? a : b);
    t.o2("text_smaller", (Text a, Text b) -> a.compareTo(b) < 0 ? a : b);
    t.o2("bpchar_larger", (Text a, Text b) -> TextOps.compareBpchar(a, b) > 0 ? a : b);
    t.o2("bpchar_smaller", (Text a, Text b) -> TextOps.compareBpchar(a, b) < 0 ? a : b);
    t.callLong("bpcharcmp", c -> Integer.signum(TextOps.compareBpchar(c.text(0), c.text(1))));
  }

  private static void registerCasts(FnTable t) {
    t.callObject("varchar", c -> TextOps.varchar(c.text(0), c.getInt(1), c.getBool(2)));
    t.callObject("bpchar", c -> TextOps.bpchar(c.text(0), c.getInt(1), c.getBool(2)));
    t.o1("text_name", TextOps::name);
    t.o1("name_text", (Text a) -> a);
    t.o1("name_bpchar", (Text a) -> a);
    t.o1("bpchar_name", (Text a) -> TextOps.name(TextOps.trimBlanks(a)));
    t.ol("text_char", (Text a) -> CharOps.parse(a.bytes(), 0, a.byteLength()));
    Fn.LO<Text> charText =
        a -> {
          ByteWriter out = new ByteWriter(4);
          CharOps.write(a, out);
          return Text.wrap(out.toBytes());
        };
    t.lo("char_text", charText);
    t.lo("char_bpchar", charText);
  }

  private static void registerLength(FnTable t) {
    t.ol("textlen", Text::charLength);
    t.ol("textoctetlen", Text::byteLength);
    t.ol("bpcharlen", (Text a) -> TextOps.trimBlanks(a).charLength());
    t.ol("bpcharoctetlen", Text::byteLength);
    t.ol("bit_length(25)", (Text a) -> a.byteLength() * 8L);
    t.callLong("textpos", c -> position(c.text(0), c.text(1)));
    t.ol("ascii", TextFunctions::ascii);
    t.lo("chr", TextFunctions::chr);
  }

  /// The first occurrence, in characters from 1; 0 where there is none.
  private static long position(Text in, Text part) {
    int at = indexOf(in.bytes(), part.bytes(), 0);
    return at < 0 ? 0 : charsBefore(in.bytes(), at) + 1;
  }

  static int charsBefore(byte[] utf8, int end) {
    int count = 0;
    for (int i = 0; i < end; i++) {
      if ((utf8[i] & 0xC0) != 0x80) {
        count++;
      }
    }
    return count;
  }

  static int indexOf(byte[] in, byte[] part, int from) {
    if (part.length == 0) {
      return from <= in.length ? from : -1;
    }
    byte first = part[0];
    for (int i = from; i <= in.length - part.length; i++) {
      if (in[i] == first && Arrays.equals(in, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  private static long ascii(Text a) {
    return a.isEmpty() ? 0 : a.toString().codePointAt(0);
  }

  private static Text chr(long code) {
    if (code < 0) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "character number must be positive");
    }
    if (code == 0) {
      throw PgException.error(SqlState.PROGRAM_LIMIT_EXCEEDED, "null character not permitted");
    }
    if (code > Character.MAX_CODE_POINT) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "requested character too large for encoding: %d", code);
    }
    if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "requested character not valid for encoding: %d", code);
    }
    return Text.of(Character.toString((int) code));
  }

  private static void registerParts(FnTable t) {
    t.callObject("text_substr", c -> substring(c.text(0), c.getLong(1), c.getLong(2), true));
    t.callObject("text_substr_no_len", c -> substring(c.text(0), c.getLong(1), 0, false));
    t.callObject("text_left", TextFunctions::left);
    t.callObject("text_right", TextFunctions::right);
    t.callObject("split_part", TextFunctions::splitPart);
    t.callObject("textoverlay", c -> overlay(c.text(0), c.text(1), c.getLong(2), c.getLong(3)));
    t.callObject(
        "textoverlay_no_len",
        c -> overlay(c.text(0), c.text(1), c.getLong(2), c.text(1).charLength()));
    t.o1("text_reverse", (Text a) -> Text.of(new StringBuilder(a.toString()).reverse().toString()));
    t.oTest("text_starts_with", TextFunctions::startsWith);
  }

  /// Characters from a position that counts from 1 and may lie before the string.
  static Text substring(Text a, long from, long length, boolean hasLength) {
    if (hasLength && length < 0) {
      throw PgException.error(SqlState.SUBSTRING_ERROR, "negative substring length not allowed");
    }
    long end = hasLength ? from + length : Long.MAX_VALUE;
    if (end <= 1 || end <= from) {
      return Text.EMPTY;
    }
    long first = Math.max(from, 1) - 1;
    if (first >= a.byteLength()) {
      return Text.EMPTY;
    }
    int fromByte = a.offsetOfChar((int) first);
    int endByte = end - 1 >= a.byteLength() ? a.byteLength() : a.offsetOfChar((int) (end - 1));
    return a.slice(fromByte, endByte);
  }

  private static Text left(Call c) {
    Text a = c.text(0);
    long n = c.getLong(1);
    long count = n < 0 ? Math.max(0, a.charLength() + n) : n;
    return substring(a, 1, count, true);
  }

  private static Text right(Call c) {
    Text a = c.text(0);
    long n = c.getLong(1);
    long skip = n < 0 ? -n : Math.max(0, a.charLength() - n);
    return substring(a, skip + 1, 0, false);
  }

  private static Text splitPart(Call c) {
    byte[] in = c.text(0).bytes();
    byte[] delimiter = c.text(1).bytes();
    int field = c.getInt(2);
    if (field == 0) {
      throw Errors.invalidParameter("field position must not be zero");
    }
    if (in.length == 0) {
      return Text.EMPTY;
    }
    if (delimiter.length == 0) {
      return field == 1 || field == -1 ? c.text(0) : Text.EMPTY;
    }
    int wanted = field;
    if (field < 0) {
      int count = 1;
      for (int at = indexOf(in, delimiter, 0);
          at >= 0;
          at = indexOf(in, delimiter, at + delimiter.length)) {
        count++;
      }
      wanted = count + 1 + field;
      if (wanted < 1) {
        return Text.EMPTY;
      }
    }
    int start = 0;
    for (int i = 1; ; i++) {
      int end = indexOf(in, delimiter, start);
      if (i == wanted) {
        return c.text(0).slice(start, end < 0 ? in.length : end);
      }
      if (end < 0) {
        return Text.EMPTY;
      }
      start = end + delimiter.length;
    }
  }

  private static Text overlay(Text a, Text by, long from, long length) {
    if (from <= 0) {
      throw PgException.error(SqlState.SUBSTRING_ERROR, "negative substring length not allowed");
    }
    return substring(a, 1, from - 1, true).concat(by).concat(substring(a, from + length, 0, false));
  }

  private static boolean startsWith(Text a, Text prefix) {
    int length = prefix.byteLength();
    return length <= a.byteLength()
        && Arrays.equals(a.bytes(), 0, length, prefix.bytes(), 0, length);
  }

  private static void registerCase(FnTable t) {
    t.o1("lower", (Text a) -> asciiCase(a, 'A', 'Z', 0x20));
    t.o1("upper", (Text a) -> asciiCase(a, 'a', 'z', -0x20));
    t.o1("initcap", TextFunctions::initcap);
    t.callObject("translate", TextFunctions::translate);
  }

  /// In collation C only the letters of ASCII have cases.
  static Text asciiCase(Text a, char from, char to, int shift) {
    byte[] bytes = a.bytes();
    byte[] changed = null;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] >= from && bytes[i] <= to) {
        if (changed == null) {
          changed = bytes.clone();
        }
        changed[i] = (byte) (bytes[i] + shift);
      }
    }
    return changed == null ? a : Text.wrap(changed);
  }

  private static Text initcap(Text a) {
    byte[] bytes = a.bytes().clone();
    boolean inWord = false;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      boolean upper = b >= 'A' && b <= 'Z';
      boolean lower = b >= 'a' && b <= 'z';
      if (inWord && upper) {
        bytes[i] = (byte) (b + 0x20);
      } else if (!inWord && lower) {
        bytes[i] = (byte) (b - 0x20);
      }
      inWord = upper || lower || (b >= '0' && b <= '9');
    }
    return Text.wrap(bytes);
  }

  private static Text translate(Call c) {
    int[] from = c.string(1).codePoints().toArray();
    int[] to = c.string(2).codePoints().toArray();
    StringBuilder out = new StringBuilder();
    c.string(0)
        .codePoints()
        .forEach(cp -> {
          int at = 0;
          while (at < from.length && from[at] != cp) {
            at++;
          }
          if (at == from.length) {
            out.appendCodePoint(cp);
          } else if (at < to.length) {
            out.appendCodePoint(to[at]);
          }
        });
    return Text.of(out.toString());
  }

  private static void registerBuilding(FnTable t) {
    t.o2("textcat", Text::concat);
    t.callObject("repeat", TextFunctions::repeat);
    t.callObject("replace_text", TextFunctions::replace);
    t.callObject("lpad", c -> pad(c.text(0), c.getInt(1), c.text(2), true));
    t.callObject("rpad", c -> pad(c.text(0), c.getInt(1), c.text(2), false));
    Text blank = Text.of(" ");
    t.callObject("lpad(25,23)", c -> pad(c.text(0), c.getInt(1), blank, true));
    t.callObject("rpad(25,23)", c -> pad(c.text(0), c.getInt(1), blank, false));
    t.lo("to_hex32", a -> Text.of(Integer.toHexString((int) a)));
    t.lo("to_hex64", a -> Text.of(Long.toHexString(a)));
  }

  private static Text repeat(Call c) {
    byte[] part = c.text(0).bytes();
    long count = Math.max(0, c.getLong(1));
    long size = part.length * count;
    if (size > ALLOC_MAX) {
      throw tooLarge();
    }
    byte[] all = new byte[(int) size];
    for (int at = 0; at < all.length; at += part.length) {
      System.arraycopy(part, 0, all, at, part.length);
    }
    return Text.wrap(all);
  }

  private static PgException tooLarge() {
    return PgException.error(SqlState.PROGRAM_LIMIT_EXCEEDED, "requested length too large");
  }

  private static Text replace(Call c) {
    byte[] in = c.text(0).bytes();
    byte[] from = c.text(1).bytes();
    byte[] to = c.text(2).bytes();
    if (from.length == 0) {
      return c.text(0);
    }
    int at = indexOf(in, from, 0);
    if (at < 0) {
      return c.text(0);
    }
    ByteWriter out = new ByteWriter(in.length + to.length);
    int start = 0;
    while (at >= 0) {
      out.bytes(in, start, at - start);
      out.bytes(to);
      start = at + from.length;
      at = indexOf(in, from, start);
    }
    out.bytes(in, start, in.length - start);
    return Text.wrap(out.toBytes());
  }

  private static Text pad(Text a, int width, Text fill, boolean left) {
    if (width <= 0) {
      return Text.EMPTY;
    }
    int length = a.charLength();
    if (length >= width) {
      return substring(a, 1, width, true);
    }
    int fillLength = fill.charLength();
    if (fillLength == 0) {
      return a;
    }
    int missing = width - length;
    if ((long) missing * 4 > ALLOC_MAX) {
      throw tooLarge();
    }
    ByteWriter out = new ByteWriter(a.byteLength() + missing);
    if (!left) {
      out.bytes(a.bytes());
    }
    for (int i = 0; i < missing / fillLength; i++) {
      out.bytes(fill.bytes());
    }
    out.bytes(fill.bytes(), 0, fill.offsetOfChar(missing % fillLength));
    if (left) {
      out.bytes(a.bytes());
    }
    return Text.wrap(out.toBytes());
  }

  static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
