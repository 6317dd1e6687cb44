package dev.lifeline.catalog;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads `pg_class.reloptions`: `name=value`, each value as it was given.
public final class RelOptions {
  private RelOptions() {}

  /// The value of an option; null where the relation has none of its own.
  public static @Nullable String find(List<String> options, String name) {
    for (String option : options) {
      if (option.startsWith(name + "=")) {
        return option.substring(name.length() + 1);
      }
    }
    return null;
  }

  /// A Boolean option; null where the relation has none of its own.
  public static @Nullable Boolean bool(List<String> options, String name) {
    String text = find(options, name);
    return text == null ? null : bool(text);
  }

  /// A Boolean as PostgreSQL reads one: `on`, `off`, `1`, `0`, and any beginning of `true`,
  /// `false`, `yes`, `no` and `off`; null where it is none.
  public static @Nullable Boolean bool(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      return null;
    }
    if (word.equals("on")
        || word.equals("1")
        || "true".startsWith(word)
        || "yes".startsWith(word)) {
      return true;
    }
    boolean off = word.length() > 1 && "off".startsWith(word);
    if (off || word.equals("0") || "false".startsWith(word) || "no".startsWith(word)) {
      return false;
    }
    return null;
  }
}
