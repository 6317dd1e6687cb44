package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// Regular expressions: `~` and its kin, the `regexp_*` functions, SIMILAR TO.
final class RegexFunctions {
  private RegexFunctions() {}

  static void register(FnTable t) {
    for (String type : new String[] {"text", "name"}) {
      t.callBool(type + "regexeq", c -> matcher(c, "").find());
      t.callBool(type + "regexne", c -> !matcher(c, "").find());
      t.callBool(type + "icregexeq", c -> matcher(c, "i").find());
      t.callBool(type + "icregexne", c -> !matcher(c, "i").find());
    }
    t.callObject("textregexsubstr", RegexFunctions::substring);
    t.callObject(
        "substring(25,25,25)",
        c -> {
          String pattern = SimilarTo.translate(c.string(1), c.string(2));
          return firstGroup(matcher(c, c.string(0), pattern, ""));
        });
    t.callObject(
        "similar_to_escape_2", c -> Text.of(SimilarTo.translate(c.string(0), c.string(1))));
    t.callObject("similar_to_escape_1", c -> Text.of(SimilarTo.translate(c.string(0), "\\")));
    t.callObject("similar_escape", RegexFunctions::similarEscape);
    t.callObject("regexp_match_no_flags", c -> match(c, ""));
    t.callObject("regexp_match", c -> match(c, flags(c, 2, "regexp_match()")));
    t.set("regexp_matches_no_flags", c -> matches(c, ""));
    t.set("regexp_matches", c -> matches(c, c.string(2)));
    t.set("regexp_split_to_table_no_flags", c -> rows(split(c, "")));
    t.set("regexp_split_to_table", c -> rows(split(c, flags(c, 2, "regexp_split_to_table()"))));
    t.callObject("regexp_split_to_array_no_flags", c -> PgArrays.ofTexts(split(c, "")));
    t.callObject(
        "regexp_split_to_array",
        c -> PgArrays.ofTexts(split(c, flags(c, 2, "regexp_split_to_array()"))));
    t.callBool("regexp_like_no_flags", c -> matcher(c, "").find());
    t.callBool("regexp_like", c -> matcher(c, flags(c, 2, "regexp_like()")).find());
    RegexReplaceFunctions.register(t);
  }

  static Matcher matcher(Call c, String flags) {
    return matcher(c, c.string(0), c.string(1), flags);
  }

  static Matcher matcher(Call c, String text, String pattern, String flags) {
    EvalContext context = c.context();
    return PgRegex.matcher(context.regexCache().get(pattern, flags), text, context.session());
  }

  /// The flags argument, where `g` makes no sense.
  static String flags(Call c, int argument, String function) {
    String flags = c.string(argument);
    if (flags.indexOf('g') >= 0) {
      throw Errors.invalidParameter("%s does not support the \"global\" option", function);
    }
    return flags;
  }

  private static @Nullable Text similarEscape(Call c) {
    if (c.isNull(0)) {
      return null;
    }
    return Text.of(SimilarTo.translate(c.string(0), c.isNull(1) ? "\\" : c.string(1)));
  }

  private static @Nullable Text substring(Call c) {
    return firstGroup(matcher(c, ""));
  }

  /// What the first group matched, or all of the match where there is no group.
  static @Nullable Text firstGroup(Matcher m) {
    if (!m.find()) {
      return null;
    }
    String found = m.groupCount() > 0 ? m.group(1) : m.group();
    return found == null ? null : Text.of(found);
  }

  private static PgArray groups(Matcher m) {
    List<@Nullable String> groups = new ArrayList<>();
    if (m.groupCount() == 0) {
      groups.add(m.group());
    }
    for (int i = 1; i <= m.groupCount(); i++) {
      groups.add(m.group(i));
    }
    return PgArrays.ofTexts(groups);
  }

  private static @Nullable PgArray match(Call c, String flags) {
    if (flags.indexOf('g') >= 0) {
      throw Errors.invalidParameter("%s does not support the \"global\" option", "regexp_match()")
          .hint("Use the regexp_matches function instead.");
    }
    Matcher m = matcher(c, flags);
    return m.find() ? groups(m) : null;
  }

  private static SetIterator matches(Call c, String flags) {
    boolean global = flags.indexOf('g') >= 0;
    Matcher m = matcher(c, flags);
    return new SetIterator() {
      private boolean done;

      @Override
      public boolean next(List<Column> out, int row) {
        if (done || !m.find()) {
          return false;
        }
        done = !global;
        out.getFirst().setObject(row, groups(m));
        return true;
      }
    };
  }

  private static List<String> split(Call c, String flags) {
    String text = c.string(0);
    Matcher m = matcher(c, flags);
    List<String> parts = new ArrayList<>();
    int start = 0;
    while (m.find()) {
      // An empty match at the ends, or right after the match before, splits nothing.
      if (m.end() == m.start() && (m.start() == start || m.start() == text.length())) {
        if (m.start() != start || m.start() == 0 || m.start() == text.length()) {
          continue;
        }
      }
      if (m.end() == 0) {
        continue;
      }
      parts.add(text.substring(start, m.start()));
      start = m.end();
    }
    parts.add(text.substring(start));
    return parts;
  }

  static SetIterator rows(List<String> values) {
    return new SetIterator() {
      private int next;

      @Override
      public boolean next(List<Column> out, int row) {
        if (next == values.size()) {
          return false;
        }
        out.getFirst().setObject(row, Text.of(values.get(next++)));
        return true;
      }
    };
  }

  static PgException invalidValue(String name, long value) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "invalid value for parameter \"%s\": %d", name, value);
  }
}
