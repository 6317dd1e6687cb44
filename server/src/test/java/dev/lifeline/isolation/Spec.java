package dev.lifeline.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A specification: what some sessions do, and the orders in which their steps are tried. The
/// format is explained in `src/test/isolation/README.md`.
///
/// @param setup statements before each permutation, each sent by itself
/// @param sessions for each session its steps, by name
record Spec(
    String name,
    List<String> setup,
    List<String> teardown,
    Map<String, Map<String, String>> sessions,
    List<List<String>> permutations) {

  private static final Pattern STEP = Pattern.compile(" {2}(\\w+): +(\\S.*)");
  private static final Pattern STATEMENT = Pattern.compile(" {2}(\\S.*)");

  static Spec read(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.spec$", "");
    return new Reader(name).read(Files.readAllLines(file));
  }

  /// The statement of a step that a permutation names `session.step`.
  String sql(String step) {
    int dot = step.indexOf('.');
    String sql =
        sessions.getOrDefault(step.substring(0, dot), Map.of()).get(step.substring(dot + 1));
    if (sql == null) {
      throw new IllegalArgumentException(name + ": there is no step " + step);
    }
    return sql;
  }

  private static final class Reader {
    private final String name;
    private final List<String> setup = new ArrayList<>();
    private final List<String> teardown = new ArrayList<>();
    private final Map<String, Map<String, String>> sessions = new LinkedHashMap<>();
    private final List<List<String>> permutations = new ArrayList<>();

    // What an indented line belongs to.
    private List<String> statements = setup;
    private Map<String, String> steps = Map.of();
    private boolean inSession;
    private String step = "";
    private boolean inPermutation;

    Reader(String name) {
      this.name = name;
    }

    Spec read(List<String> lines) {
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).stripTrailing();
        if (line.isEmpty() || line.startsWith("#")) {
          continue;
        }
        if (!(line.startsWith(" ") ? continues(line) : begins(line))) {
          throw new IllegalArgumentException(name + ", line " + (i + 1) + ": " + line);
        }
      }
      return new Spec(name, setup, teardown, sessions, permutations);
    }

    private boolean begins(String line) {
      String[] words = line.split(" +");
      steps = Map.of();
      inSession = words[0].equals("session");
      inPermutation = false;
      switch (words[0]) {
        case "setup" -> statements = setup;
        case "teardown" -> statements = teardown;
        case "session" -> steps = sessions.computeIfAbsent(words[1], key -> new LinkedHashMap<>());
        case "permutation" -> {
          inPermutation = true;
          permutations.add(new ArrayList<>(List.of(words).subList(1, words.length)));
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean continues(String line) {
      if (inPermutation) {
        permutations.getLast().addAll(List.of(line.strip().split(" +")));
        return true;
      }
      if (line.startsWith("   ")) {
        return more(line.strip());
      }
      Matcher matcher = (inSession ? STEP : STATEMENT).matcher(line);
      if (!matcher.matches()) {
        return false;
      }
      if (inSession) {
        step = matcher.group(1);
        steps.put(step, matcher.group(2));
      } else {
        statements.add(matcher.group(1));
      }
      return true;
    }

    /// A line that is indented deeper goes on with the statement before.
    private boolean more(String text) {
      if (steps.containsKey(step)) {
        steps.merge(step, text, (before, after) -> before + "\n" + after);
        return true;
      }
      if (statements.isEmpty()) {
        return false;
      }
      statements.add(statements.removeLast() + "\n" + text);
      return true;
    }
  }
}
