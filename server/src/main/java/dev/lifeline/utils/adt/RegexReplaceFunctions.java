package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// `regexp_replace`, `regexp_count`, `regexp_instr`, `regexp_substr`.
final class RegexReplaceFunctions {
  private RegexReplaceFunctions() {}

  static void register(FnTable t) {
    t.callObject("textregexreplace_noopt", c -> replace(c, "", 1, 1));
    t.callObject(
        "textregexreplace",
        c -> {
          String flags = c.string(3);
          if (!flags.isEmpty() && flags.charAt(0) >= '0' && flags.charAt(0) <= '9') {
            throw Errors.invalidParameter(
                    "invalid regular expression option: \"%s\"", flags.charAt(0))
                .hint(
                    "If you meant to use regexp_replace() with a start parameter, cast the fourth"
                        + " argument to integer explicitly.");
          }
          return replace(c, flags, 1, flags.indexOf('g') >= 0 ? 0 : 1);
        });
    t.callObject(
        "textregexreplace_extended", c -> replace(c, c.string(5), start(c, 3), occurrence(c, 4)));
    t.callObject(
        "textregexreplace_extended_no_flags", c -> replace(c, "", start(c, 3), occurrence(c, 4)));
    t.callObject("textregexreplace_extended_no_n", c -> replace(c, "", start(c, 3), 1));
    t.callLong("regexp_count_no_start", c -> count(c, 1, ""));
    t.callLong("regexp_count_no_flags", c -> count(c, start(c, 2), ""));
    t.callLong(
        "regexp_count", c -> count(c, start(c, 2), RegexFunctions.flags(c, 3, "regexp_count()")));
    t.callLong("regexp_instr_no_start", RegexReplaceFunctions::instr);
    t.callLong("regexp_instr_no_n", RegexReplaceFunctions::instr);
    t.callLong("regexp_instr_no_endoption", RegexReplaceFunctions::instr);
    t.callLong("regexp_instr_no_flags", RegexReplaceFunctions::instr);
    t.callLong("regexp_instr_no_subexpr", RegexReplaceFunctions::instr);
    t.callLong("regexp_instr", RegexReplaceFunctions::instr);
    t.callObject("regexp_substr_no_start", RegexReplaceFunctions::substr);
    t.callObject("regexp_substr_no_n", RegexReplaceFunctions::substr);
    t.callObject("regexp_substr_no_flags", RegexReplaceFunctions::substr);
    t.callObject("regexp_substr_no_subexpr", RegexReplaceFunctions::substr);
    t.callObject("regexp_substr", RegexReplaceFunctions::substr);
  }

  private static int start(Call c, int argument) {
    int start = c.getInt(argument);
    if (start <= 0) {
      throw RegexFunctions.invalidValue("start", start);
    }
    return start;
  }

  private static int occurrence(Call c, int argument) {
    int n = c.getInt(argument);
    if (n < 0) {
      throw RegexFunctions.invalidValue("n", n);
    }
    return n;
  }

  /// The index in Java's characters of a character from 1; beyond the end the end itself.
  private static int index(String text, int start) {
    int characters = text.codePointCount(0, text.length());
    return text.offsetByCodePoints(0, Math.min(start - 1, characters));
  }

  /// @param n which match to replace, or 0 for all
  private static Text replace(Call c, String flags, int start, int n) {
    String text = c.string(0);
    String by = c.string(2);
    Matcher m = RegexFunctions.matcher(c, flags);
    StringBuilder out = new StringBuilder();
    int from = index(text, start);
    int done = 0;
    int found = 0;
    if (m.find(from)) {
      do {
        found++;
        if (n == 0 || found == n) {
          out.append(text, done, m.start());
          expand(by, m, out);
          done = m.end();
        }
      } while ((n == 0 || found < n) && m.find());
    }
    if (found == 0) {
      return c.text(0);
    }
    return Text.of(out.append(text, done, text.length()).toString());
  }

  /// The replacement: `\1` to `\9` are groups, `\&` is the match, `\\` a backslash.
  private static void expand(String by, Matcher m, StringBuilder out) {
    for (int i = 0; i < by.length(); i++) {
      char c = by.charAt(i);
      if (c != '\\' || i + 1 == by.length()) {
        out.append(c);
        continue;
      }
      char next = by.charAt(++i);
      if (next >= '1' && next <= '9') {
        int group = next - '0';
        String value = group <= m.groupCount() ? m.group(group) : null;
        out.append(value == null ? "" : value);
      } else if (next == '&') {
        out.append(m.group());
      } else if (next == '\\') {
        out.append('\\');
      } else {
        out.append('\\').append(next);
      }
    }
  }

  private static long count(Call c, int start, String flags) {
    Matcher m = RegexFunctions.matcher(c, flags);
    long count = 0;
    for (boolean found = m.find(index(c.string(0), start)); found; found = m.find()) {
      count++;
    }
    return count;
  }

  /// Moves to the n-th match.
  private static @Nullable Matcher find(Call c, int start, int n, String flags) {
    String text = c.string(0);
    Matcher m = RegexFunctions.matcher(c, flags);
    boolean found = m.find(index(text, start));
    for (int i = 1; i < n && found; i++) {
      found = m.find();
    }
    return found ? m : null;
  }

  private static int positive(Call c, int argument, String name) {
    if (argument >= c.count()) {
      return 1;
    }
    int value = c.getInt(argument);
    if (value <= 0) {
      throw RegexFunctions.invalidValue(name, value);
    }
    return value;
  }

  private static int subexpression(Call c, int argument) {
    int value = argument < c.count() ? c.getInt(argument) : 0;
    if (value < 0) {
      throw RegexFunctions.invalidValue("subexpr", value);
    }
    return value;
  }

  private static long instr(Call c) {
    int start = positive(c, 2, "start");
    int n = positive(c, 3, "n");
    int endOption = c.count() > 4 ? c.getInt(4) : 0;
    if (endOption != 0 && endOption != 1) {
      throw RegexFunctions.invalidValue("endoption", endOption);
    }
    String flags = c.count() > 5 ? RegexFunctions.flags(c, 5, "regexp_instr()") : "";
    int group = subexpression(c, 6);
    Matcher m = find(c, start, n, flags);
    if (m == null || group > m.groupCount()) {
      return 0;
    }
    int at = endOption == 1 ? m.end(group) : m.start(group);
    return at < 0 ? 0 : c.string(0).codePointCount(0, at) + 1L;
  }

  private static @Nullable Text substr(Call c) {
    int start = positive(c, 2, "start");
    int n = positive(c, 3, "n");
    String flags = c.count() > 4 ? RegexFunctions.flags(c, 4, "regexp_substr()") : "";
    int group = subexpression(c, 5);
    Matcher m = find(c, start, n, flags);
    if (m == null || group > m.groupCount()) {
      return null;
    }
    String found = m.group(group);
    return found == null ? null : Text.of(found);
  }
}
