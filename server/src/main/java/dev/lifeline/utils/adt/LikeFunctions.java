package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;

/// LIKE and ILIKE: PostgreSQL's `like.c`.
public final class LikeFunctions {
  private LikeFunctions() {}

  static void register(FnTable t) {
    Fn.OTest<Text, Text> like = (a, p) -> matches(a.bytes(), p.bytes(), false);
    Fn.OTest<Text, Text> notLike = (a, p) -> !matches(a.bytes(), p.bytes(), false);
    Fn.OTest<Text, Text> iLike = (a, p) -> matches(a.bytes(), p.bytes(), true);
    Fn.OTest<Text, Text> notILike = (a, p) -> !matches(a.bytes(), p.bytes(), true);
    for (String type : new String[] {"text", "name"}) {
      t.oTest(type + "like", like);
      t.oTest(type + "nlike", notLike);
      t.oTest(type + "iclike", iLike);
      t.oTest(type + "icnlike", notILike);
    }
    t.oTest("bytealike", (Bytea a, Bytea p) -> matches(a.bytes(), p.bytes(), false));
    t.oTest("byteanlike", (Bytea a, Bytea p) -> !matches(a.bytes(), p.bytes(), false));
    t.o2("like_escape", LikeFunctions::withEscape);
  }

  private static final int TRUE = 1;
  private static final int FALSE = 0;

  /// The text has ended: no shorter rest of it can match either.
  private static final int ABORT = -1;

  /// Whether the text matches the pattern, whose escape character is the backslash.
  public static boolean matches(byte[] text, byte[] pattern, boolean ignoreCase) {
    return match(text, 0, pattern, 0, ignoreCase) == TRUE;
  }

  private static int match(byte[] text, int t, byte[] pattern, int p, boolean ignoreCase) {
    int at = t;
    int pat = p;
    while (at < text.length && pat < pattern.length) {
      byte c = pattern[pat];
      if (c == '%') {
        return matchRest(text, at, pattern, pat, ignoreCase);
      }
      if (c == '_') {
        at = nextChar(text, at);
        pat++;
        continue;
      }
      if (c == '\\') {
        pat++;
        if (pat == pattern.length) {
          throw endsWithEscape();
        }
        c = pattern[pat];
      }
      if (fold(c, ignoreCase) != fold(text[at], ignoreCase)) {
        return FALSE;
      }
      at++;
      pat++;
    }
    if (at < text.length) {
      return FALSE;
    }
    while (pat < pattern.length && pattern[pat] == '%') {
      pat++;
    }
    return pat == pattern.length ? TRUE : ABORT;
  }

  /// What follows a percent sign is looked for at every place of the rest of the text.
  private static int matchRest(byte[] text, int t, byte[] pattern, int p, boolean ignoreCase) {
    int at = t;
    int pat = p;
    while (pat < pattern.length && (pattern[pat] == '%' || pattern[pat] == '_')) {
      if (pattern[pat] == '_') {
        if (at == text.length) {
          return ABORT;
        }
        at = nextChar(text, at);
      }
      pat++;
    }
    if (pat == pattern.length) {
      return TRUE;
    }
    byte first = pattern[pat];
    if (first == '\\') {
      if (pat + 1 == pattern.length) {
        throw endsWithEscape();
      }
      first = pattern[pat + 1];
    }
    byte wanted = fold(first, ignoreCase);
    while (at < text.length) {
      if (fold(text[at], ignoreCase) == wanted) {
        int result = match(text, at, pattern, pat, ignoreCase);
        if (result != FALSE) {
          return result;
        }
      }
      at = nextChar(text, at);
    }
    return ABORT;
  }

  private static int nextChar(byte[] utf8, int at) {
    int next = at + 1;
    while (next < utf8.length && (utf8[next] & 0xC0) == 0x80) {
      next++;
    }
    return next;
  }

  private static byte fold(byte b, boolean ignoreCase) {
    return ignoreCase && b >= 'A' && b <= 'Z' ? (byte) (b + 0x20) : b;
  }

  private static PgException endsWithEscape() {
    return PgException.error(
        SqlState.INVALID_ESCAPE_SEQUENCE, "LIKE pattern must not end with escape character");
  }

  /// A pattern with an escape character of its own as one whose escape character is the backslash.
  private static Text withEscape(Text pattern, Text escape) {
    if (escape.isEmpty()) {
      return Text.of(pattern.toString().replace("\\", "\\\\"));
    }
    if (escape.charLength() != 1) {
      throw PgException.error(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
          .hint("Escape string must be empty or one character.");
    }
    int character = escape.toString().codePointAt(0);
    if (character == '\\') {
      return pattern;
    }
    StringBuilder out = new StringBuilder();
    boolean escaped = false;
    int[] codePoints = pattern.toString().codePoints().toArray();
    for (int cp : codePoints) {
      if (cp == character && !escaped) {
        out.append('\\');
        escaped = true;
      } else if (cp == '\\') {
        // A backslash stands for itself in such a pattern.
        out.append(escaped ? "\\" : "\\\\");
        escaped = false;
      } else {
        out.appendCodePoint(cp);
        escaped = false;
      }
    }
    return Text.of(out.toString());
  }
}
