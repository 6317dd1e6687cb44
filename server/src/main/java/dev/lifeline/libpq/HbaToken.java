package dev.lifeline.libpq;

import dev.lifeline.utils.adt.PgRegex;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One word of `pg_hba.conf`.
///
/// @param quoted whether it began with a quote, which takes its meaning as a keyword away
/// @param pattern of a name that is a regular expression; null for one that is not
public record HbaToken(String text, boolean quoted, @Nullable Pattern pattern) {
  HbaToken(String text, boolean quoted) {
    this(text, quoted, null);
  }

  boolean isKeyword(String keyword) {
    return !quoted && text.equals(keyword);
  }

  /// Whether it is a name behind a slash: with quotes, too, because it may have commas.
  private boolean isExpression() {
    return text.startsWith("/");
  }

  /// The word as one that stands for names.
  ///
  /// @throws PgException where it is a regular expression that is wrong
  HbaToken compiled() {
    return isExpression() ? new HbaToken(text, quoted, expression(text)) : this;
  }

  /// A regular expression behind a slash.
  ///
  /// @throws PgException 2201B, in the words of whoever reads `pg_hba.conf` and `pg_ident.conf`
  static Pattern expression(String text) {
    String expression = text.substring(1);
    try {
      return PgRegex.compile(expression, "");
    } catch (PgException e) {
      throw PgException.error(
          SqlState.INVALID_REGULAR_EXPRESSION,
          "invalid regular expression \"%s\": %s",
          expression,
          e.message().replaceFirst("^invalid regular expression: ", ""));
    }
  }

  /// Whether it is this name, or an expression of it.
  boolean names(String name) {
    Pattern expression = pattern;
    return expression == null ? text.equals(name) : expression.matcher(name).find();
  }
}
