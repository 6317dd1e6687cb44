package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import java.util.Arrays;

/// Finds the literals that are a part of a statement's meaning and not a value that it works on.
final class KeptLiterals {
  private final Lexer lexer;
  private final boolean[] kept;

  /// For each open parenthesis whether it holds the modifiers of a type, and whether the list of an
  /// ORDER BY or GROUP BY is going on in it.
  private boolean[] modifiers = new boolean[16];

  private boolean[] positions = new boolean[16];
  private int depth;

  KeptLiterals(Lexer lexer) {
    this.lexer = lexer;
    this.kept = new boolean[lexer.count];
  }

  boolean[] find() {
    for (int i = 0; i < lexer.count; i++) {
      int kind = lexer.kinds[i];
      switch (kind) {
        case '(' -> open(i);
        case ')' -> {
          if (depth > 0) {
            depth--;
          }
        }
        case BY -> positions[depth] = i > 0 && isListWord(lexer.kinds[i - 1]);
        case LIMIT, OFFSET, FETCH, FOR, HAVING, WINDOW, UNION, INTERSECT, EXCEPT, WHERE, ';' ->
            positions[depth] = false;
        case ROWS, RANGE, GROUPS -> {
          if (lexer.kinds[i + 1] != ',') {
            positions[depth] = false;
          }
        }
        case ICONST -> kept[i] = modifiers[depth] || (positions[depth] && isWholeItem(i));
        case SCONST -> kept[i] = modifiers[depth];
        default -> {}
      }
    }
    return kept;
  }

  private static boolean isListWord(int kind) {
    return kind == ORDER || kind == GROUP;
  }

  /// A number that is an item of the list by itself, and so an output column's.
  private boolean isWholeItem(int i) {
    int before = lexer.kinds[i - 1];
    int after = lexer.kinds[i + 1];
    boolean starts = before == BY || before == ',' || before == ALL || before == DISTINCT;
    return starts && !(after >= '*' && after <= '/' && after != ',') && after != TYPECAST;
  }

  private void open(int i) {
    depth++;
    if (depth == modifiers.length) {
      modifiers = Arrays.copyOf(modifiers, depth * 2);
      positions = Arrays.copyOf(positions, depth * 2);
    }
    modifiers[depth] = isTypeBefore(i);
    positions[depth] = false;
  }

  /// Whether a type ends before this parenthesis: one of the words that can be nothing else in
  /// front of one, or a name behind `::` or AS.
  private boolean isTypeBefore(int paren) {
    int i = paren - 1;
    if (i < 0) {
      return false;
    }
    switch (lexer.kinds[i]) {
      case NUMERIC,
          DECIMAL,
          DEC,
          FLOAT,
          VARCHAR,
          CHAR,
          CHARACTER,
          NCHAR,
          BIT,
          VARYING,
          TIME,
          TIMESTAMP,
          INTERVAL,
          SECOND -> {
        return true;
      }
      default -> {}
    }
    while (i > 0 && Cursor.isColLabel(lexer.kinds[i]) && lexer.kinds[i - 1] == '.') {
      i -= 2;
    }
    if (i <= 0 || !Cursor.isColLabel(lexer.kinds[i])) {
      return false;
    }
    int before = lexer.kinds[i - 1];
    return before == TYPECAST || before == AS;
  }
}
