package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes wrong statements of right ones.
final class Mistakes {
  private static final Pattern TOKEN =
      Pattern.compile("'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|\\s+|::|[<>=!|&@?#~*-]+|.");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");

  private final Dice dice;

  Mistakes(Dice dice) {
    this.dice = dice;
  }

  Generated mistake(Generated right) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(right.sql());
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    int at = dice.below(tokens.size());
    switch (dice.below(6)) {
      case 0 -> tokens.remove(at);
      case 1 -> tokens.add(at, tokens.get(at));
      case 2 -> tokens.set(at, " " + tokens.get(dice.below(tokens.size())) + " ");
      case 3 -> {
        List<Integer> words = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
          if (WORD.matcher(tokens.get(i)).matches()) {
            words.add(i);
          }
        }
        tokens.set(
            words.isEmpty() ? at : dice.pick(words), dice.pick("nosuch", "id", "t1", "total"));
      }
      case 4 -> tokens.set(at, dice.pick("1", "'x'", "NULL", "(", ")", ",", "true", "1.5", "*"));
      default ->
          tokens.add(at, dice.pick(" DISTINCT ", " , ", " - ", " NOT ", " t1.id ", " sum(", " ) "));
    }
    String sql = String.join("", tokens);
    return new Generated(
        "mistake in " + right.shape(), sql, List.of(), right.changes(), !right.changes());
  }
}
