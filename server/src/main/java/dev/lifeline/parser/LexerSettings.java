package dev.lifeline.parser;

import dev.lifeline.utils.error.PgException;
import java.util.function.Consumer;

/// What a session's settings change in the reading of its statements, and where notices go to.
///
/// @param standardConformingStrings whether a backslash in `'...'` is just a backslash
/// @param escapeStringWarning whether the first backslash in such a string earns a warning where it
///   is not
/// @param notices gets the notices and warnings of the lexer and the grammar
public record LexerSettings(
    boolean standardConformingStrings, boolean escapeStringWarning, Consumer<PgException> notices) {
  /// PostgreSQL's defaults; notices are dropped.
  public static final LexerSettings DEFAULT = new LexerSettings(true, true, notice -> {});

  void notice(PgException notice) {
    notices.accept(notice);
  }
}
