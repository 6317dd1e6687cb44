package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Makes the short name of a statement that traces and lists show: its operations, each followed by
/// the tables that it is on. The form is that of OpenTelemetry's `db.query.summary`.
final class QuerySummary {
  private static final int LENGTH_MAX = 255;
  private static final int DEPTH_MAX = 64;

  private final Lexer lexer;
  private final int[] kinds;
  private final StringBuilder out = new StringBuilder();
  private final Set<String> queryNames = new HashSet<>();

  /// For each depth of parentheses, whether a FROM is one of a query there, and whether its list is
  /// going on.
  private final boolean[] inQuery = new boolean[DEPTH_MAX];

  private final boolean[] inFrom = new boolean[DEPTH_MAX];
  private int depth;

  QuerySummary(Lexer lexer) {
    this.lexer = lexer;
    this.kinds = lexer.kinds;
  }

  String build() {
    findQueryNames();
    int i = 0;
    while (kinds[i] == '(' || kinds[i] == ';') {
      i++;
    }
    switch (kinds[i]) {
      case SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, WITH_LA, VALUES, TABLE, EXPLAIN ->
          queries(i);
      default -> utility(i);
    }
    if (out.length() <= LENGTH_MAX) {
      return out.toString();
    }
    int end = out.lastIndexOf(" ", LENGTH_MAX);
    return out.substring(0, end < 0 ? LENGTH_MAX : end);
  }

  private void append(String word) {
    if (out.length() > 0) {
      out.append(' ');
    }
    out.append(word);
  }

  private void appendWord(int kind) {
    append(Keywords.name(kind).toUpperCase(Locale.ROOT));
  }

  /// The names that WITH gives to queries are no tables.
  private void findQueryNames() {
    for (int i = 1; i + 1 < lexer.count; i++) {
      boolean first = kinds[i - 1] == WITH || kinds[i - 1] == RECURSIVE || kinds[i - 1] == ',';
      if (first && Cursor.isColId(kinds[i]) && (kinds[i + 1] == AS || kinds[i + 1] == '(')) {
        queryNames.add(TokenText.string(lexer, i));
      }
    }
  }

  // ---- queries

  private void queries(int start) {
    int i = start;
    while (i < lexer.count && out.length() <= LENGTH_MAX) {
      i = step(i);
    }
  }

  private int step(int i) {
    switch (kinds[i]) {
      case '(' -> {
        depth = Math.min(depth + 1, DEPTH_MAX - 1);
        inQuery[depth] = false;
        inFrom[depth] = false;
      }
      case ')' -> depth = Math.max(depth - 1, 0);
      case EXPLAIN -> appendWord(EXPLAIN);
      case SELECT -> {
        appendWord(SELECT);
        inQuery[depth] = true;
        inFrom[depth] = false;
      }
      case VALUES -> {
        if (i == 0) {
          appendWord(VALUES);
        }
      }
      case INSERT, DELETE, UPDATE, MERGE -> {
        if (startsStatement(i)) {
          appendWord(kinds[i]);
          inQuery[depth] = true;
          inFrom[depth] = false;
          if (kinds[i] == UPDATE) {
            return table(i + 1);
          }
        }
      }
      case INTO, JOIN -> {
        return table(i + 1);
      }
      case TABLE -> {
        if (i == 0 || kinds[i - 1] == '(') {
          append("SELECT");
          return table(i + 1);
        }
      }
      case FROM -> {
        if (inQuery[depth] && (i == 0 || kinds[i - 1] != DISTINCT)) {
          inFrom[depth] = true;
          return table(i + 1);
        }
      }
      case USING -> {
        if (inQuery[depth] && kinds[i + 1] != '(') {
          return table(i + 1);
        }
      }
      case ',' -> {
        if (inFrom[depth]) {
          return table(i + 1);
        }
      }
      case WHERE, GROUP, HAVING, ORDER, LIMIT, UNION, INTERSECT, EXCEPT, SET, RETURNING ->
          inFrom[depth] = false;
      default -> {}
    }
    return i + 1;
  }

  /// Whether one of the words that change data is the statement itself, not a part of FOR UPDATE,
  /// ON CONFLICT DO UPDATE or a privilege.
  private boolean startsStatement(int i) {
    if (i == 0) {
      return true;
    }
    return switch (kinds[i - 1]) {
      case '(', ')', ';', EXPLAIN, ANALYZE, ANALYSE, VERBOSE -> true;
      default -> false;
    };
  }

  /// The table whose name may stand here; returns the place behind it.
  private int table(int i) {
    while (kinds[i] == ONLY || kinds[i] == LATERAL || kinds[i] == TABLE) {
      i++;
    }
    if (!Cursor.isColId(kinds[i])) {
      return i;
    }
    int end = i + 1;
    while (kinds[end] == '.' && Cursor.isColLabel(kinds[end + 1])) {
      end += 2;
    }
    boolean columnsFollow = i > 0 && kinds[i - 1] == INTO;
    if (kinds[end] == '(' && !columnsFollow) {
      return end;
    }
    if (end == i + 1 && queryNames.contains(TokenText.string(lexer, i))) {
      return end;
    }
    append(name(i, end));
    return end;
  }

  private String name(int from, int to) {
    StringBuilder name = new StringBuilder();
    for (int i = from; i < to; i++) {
      name.append(kinds[i] == '.' ? "." : TokenText.string(lexer, i));
    }
    return name.toString();
  }

  // ---- utility statements

  private void utility(int start) {
    int first = kinds[start];
    if (first < FIRST_KEYWORD) {
      return;
    }
    appendWord(first);
    int i = start + 1;
    if (first == CREATE || first == ALTER || first == DROP || first == COMMENT) {
      i = objectKind(i);
    } else if (first == TRUNCATE || first == LOCK || first == COPY || first == CALL) {
      while (kinds[i] == TABLE || kinds[i] == ONLY || kinds[i] == BINARY) {
        i++;
      }
    } else {
      boolean named =
          switch (first) {
            case SET,
                SHOW,
                RESET,
                VACUUM,
                ANALYZE,
                CLUSTER,
                EXECUTE,
                DEALLOCATE,
                LISTEN,
                NOTIFY,
                UNLISTEN,
                SAVEPOINT,
                RELEASE ->
                true;
            default -> false;
          };
      if (!named) {
        return;
      }
    }
    if (kinds[i] == IDENT) {
      int end = i + 1;
      while (kinds[end] == '.' && Cursor.isColLabel(kinds[end + 1])) {
        end += 2;
      }
      append(name(i, end));
    }
  }

  /// The words between the verb and the name, as far as they tell what the object is.
  private int objectKind(int i) {
    while (kinds[i] >= FIRST_KEYWORD) {
      switch (kinds[i]) {
        case OR,
            REPLACE,
            TEMP,
            TEMPORARY,
            LOCAL,
            GLOBAL,
            UNLOGGED,
            IF,
            NOT,
            EXISTS,
            CONCURRENTLY,
            ONLY,
            UNIQUE,
            RECURSIVE,
            ON -> {}
        default -> appendWord(kinds[i]);
      }
      i++;
    }
    return i;
  }
}
