package dev.lifeline.observe.message;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The wordings that are known, found by their first word, so that a line is tried against few.
final class Rules {
  /// What a wording means.
  @FunctionalInterface
  interface Action {
    /// Tells it; what a wording's groups are is known to whoever wrote both.
    ///
    /// @return whether the line was what it looked like
    boolean tell(Line line, Matcher text);
  }

  private record Rule(Pattern wording, Action action) {}

  private final Map<String, List<Rule>> byFirstWord = new HashMap<>();
  private final List<Rule> others = new ArrayList<>();

  /// Adds a wording whose first word is always the same.
  Rules on(String wording, Action action) {
    String first = wording.substring(0, end(wording));
    byFirstWord.computeIfAbsent(first, word -> new ArrayList<>()).add(rule(wording, action));
    return this;
  }

  /// Adds one that begins with a name.
  Rules onAny(String wording, Action action) {
    others.add(rule(wording, action));
    return this;
  }

  /// Adds one that is kept under a topic, with the groups as figures of these names.
  Rules keep(String topic, String wording, String... names) {
    return on(
        wording,
        (line, text) -> {
          List<String> figures = new ArrayList<>();
          for (int group = 1; group <= names.length; group++) {
            String value = text.group(group);
            if (value != null) {
              figures.add(names[group - 1]);
              figures.add(value);
            }
          }
          line.keep(topic, figures.toArray(String[]::new));
          return true;
        });
  }

  private static Rule rule(String wording, Action action) {
    return new Rule(Pattern.compile(wording, Pattern.DOTALL), action);
  }

  /// Tells what the line means, by the first wording that fits.
  boolean tell(Line line) {
    String message = line.record.message();
    List<Rule> rules = byFirstWord.get(message.substring(0, end(message)));
    return (rules != null && tell(line, message, rules)) || tell(line, message, others);
  }

  private static boolean tell(Line line, String message, List<Rule> rules) {
    for (Rule rule : rules) {
      Matcher text = rule.wording.matcher(message);
      if (text.matches() && rule.action.tell(line, text)) {
        return true;
      }
    }
    return false;
  }

  private static int end(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isLetter(c) && c != '-' && c != '_') {
        return i;
      }
    }
    return text.length();
  }
}
