package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// The `options` of a startup packet: a command line for the backend, of which only parameters are
/// left, as `-c name=value`, `-cname=value` or `--name=value`.
final class StartupOptions {
  private StartupOptions() {}

  /// Returns each as `name=value`.
  static List<String> parse(String options) {
    List<String> words = split(options);
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-c") && i + 1 < words.size()) {
        settings.add(words.get(++i));
      } else if (word.startsWith("-c") && word.length() > 2) {
        settings.add(word.substring(2));
      } else if (word.startsWith("--") && word.length() > 2) {
        settings.add(word.substring(2));
      } else {
        throw PgException.fatal(
                SqlState.SYNTAX_ERROR, "invalid command-line argument for server process: %s", word)
            .hint("Try \"postgres --help\" for more information.");
      }
    }
    return settings;
  }

  /// Splits at blanks; a backslash takes the meaning of the character after it away.
  private static List<String> split(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
        continue;
      }
      inWord = true;
      if (c == '\\' && i + 1 < options.length()) {
        word.append(options.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
