package dev.lifeline.parser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Statements that are almost right: one or two tokens of a right one dropped, doubled, swapped, or
/// replaced by a token of another statement.
final class Mutations {
  private final List<List<String>> statements = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private final Random random;

  Mutations(List<String> originals, long seed) {
    random = new Random(seed);
    for (String sql : originals) {
      List<String> tokens = tokens(sql);
      if (tokens.size() > 1) {
        statements.add(tokens);
        words.addAll(tokens);
      }
    }
  }

  private static List<String> tokens(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    Lexer lexer = Lexer.lex(text, LexerSettings.DEFAULT);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < lexer.count; i++) {
      // The judge is patched to take parameters where PostgreSQL does not.
      if (lexer.kinds[i] == Token.LEX_ERROR || lexer.kinds[i] == Token.PARAM) {
        return List.of();
      }
      if (lexer.kinds[i] != Token.EOF) {
        tokens.add(TokenText.utf8(text, lexer.starts[i], lexer.ends[i]));
      }
    }
    return tokens;
  }

  List<String> next(int count) {
    List<String> mutated = new ArrayList<>(count);
    while (mutated.size() < count) {
      List<String> tokens = new ArrayList<>(statements.get(random.nextInt(statements.size())));
      int changes = 1 + random.nextInt(2);
      for (int i = 0; i < changes && tokens.size() > 1; i++) {
        mutate(tokens);
      }
      mutated.add(String.join(" ", tokens));
    }
    return mutated;
  }

  private void mutate(List<String> tokens) {
    int at = random.nextInt(tokens.size());
    switch (random.nextInt(5)) {
      case 0 -> tokens.remove(at);
      case 1 -> tokens.add(at, tokens.get(at));
      case 2 -> {
        int other = random.nextInt(tokens.size());
        String token = tokens.get(at);
        tokens.set(at, tokens.get(other));
        tokens.set(other, token);
      }
      case 3 -> tokens.set(at, words.get(random.nextInt(words.size())));
      default -> tokens.add(at, words.get(random.nextInt(words.size())));
    }
  }
}
