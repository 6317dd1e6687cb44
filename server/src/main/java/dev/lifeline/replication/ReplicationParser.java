package dev.lifeline.replication;

import dev.lifeline.events.Lsn;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the commands of a replication connection: PostgreSQL's `repl_gram.y`.
public final class ReplicationParser {
  private final List<Token> tokens;
  private int at;

  private ReplicationParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /// @param quoted whether it is a name or a string in quotes, and so no keyword
  private record Token(String text, boolean quoted) {
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }
  }

  /// The command, or null where the text is none: then it is SQL.
  public static @Nullable ReplicationCommand parse(String text) {
    List<Token> tokens = tokens(text);
    if (tokens.isEmpty()) {
      return null;
    }
    ReplicationParser parser = new ReplicationParser(tokens);
    Token first = tokens.getFirst();
    if (first.quoted()) {
      return null;
    }
    parser.at = 1;
    ReplicationCommand command =
        switch (first.text().toUpperCase(Locale.ROOT)) {
          case "IDENTIFY_SYSTEM" -> new ReplicationCommand.IdentifySystem();
          case "SHOW" -> new ReplicationCommand.Show(parser.setting());
          case "CREATE_REPLICATION_SLOT" -> parser.createSlot();
          case "DROP_REPLICATION_SLOT" ->
              new ReplicationCommand.DropSlot(parser.next(), parser.accept("WAIT"));
          case "START_REPLICATION" -> parser.start();
          case "BASE_BACKUP", "TIMELINE_HISTORY", "READ_REPLICATION_SLOT" ->
              new ReplicationCommand.Physical(first.text().toUpperCase(Locale.ROOT));
          default -> null;
        };
    if (command != null && !(command instanceof ReplicationCommand.Physical)) {
      parser.end();
    }
    return command;
  }

  private static PgException syntaxError() {
    return PgException.error(SqlState.SYNTAX_ERROR, "syntax error");
  }

  private boolean accept(String keyword) {
    if (at < tokens.size() && tokens.get(at).is(keyword)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String keyword) {
    if (!accept(keyword)) {
      throw syntaxError();
    }
  }

  private String next() {
    if (at >= tokens.size()) {
      throw syntaxError();
    }
    return tokens.get(at++).text();
  }

  private void end() {
    accept(";");
    if (at < tokens.size()) {
      throw syntaxError();
    }
  }

  private String setting() {
    StringBuilder name = new StringBuilder(next());
    while (accept(".")) {
      name.append('.').append(next());
    }
    return name.toString();
  }

  private ReplicationCommand createSlot() {
    String slot = next();
    boolean temporary = accept("TEMPORARY");
    if (accept("PHYSICAL")) {
      return new ReplicationCommand.Physical("CREATE_REPLICATION_SLOT ... PHYSICAL");
    }
    expect("LOGICAL");
    String plugin = next();
    String snapshot = "export";
    boolean twoPhase = false;
    if (accept("(")) {
      do {
        String option = next().toLowerCase(Locale.ROOT);
        switch (option) {
          case "snapshot" -> snapshot = next();
          case "two_phase" -> twoPhase = at(",") || at(")") || isTrue(next());
          default ->
              throw PgException.error(SqlState.SYNTAX_ERROR, "unrecognized option: %s", option);
        }
      } while (accept(","));
      expect(")");
    }
    while (at < tokens.size() && !at(";")) {
      switch (next().toUpperCase(Locale.ROOT)) {
        case "EXPORT_SNAPSHOT" -> snapshot = "export";
        case "NOEXPORT_SNAPSHOT" -> snapshot = "nothing";
        case "USE_SNAPSHOT" -> snapshot = "use";
        case "TWO_PHASE" -> twoPhase = true;
        default -> throw syntaxError();
      }
    }
    return new ReplicationCommand.CreateSlot(slot, temporary, plugin, snapshot, twoPhase);
  }

  private boolean at(String keyword) {
    return at < tokens.size() && tokens.get(at).is(keyword);
  }

  private static boolean isTrue(String value) {
    return List.of("true", "on", "1").contains(value.toLowerCase(Locale.ROOT));
  }

  private ReplicationCommand start() {
    if (!accept("SLOT")) {
      return new ReplicationCommand.Physical("START_REPLICATION without a logical slot");
    }
    String slot = next();
    if (!accept("LOGICAL")) {
      return new ReplicationCommand.Physical("START_REPLICATION of a physical slot");
    }
    long lsn = lsn(next());
    Map<String, @Nullable String> options = new LinkedHashMap<>();
    if (accept("(")) {
      do {
        String name = next();
        options.put(name, at(",") || at(")") ? null : next());
      } while (accept(","));
      expect(")");
    }
    return new ReplicationCommand.Start(slot, lsn, options);
  }

  private static long lsn(String text) {
    try {
      return Lsn.parse(text);
    } catch (IllegalArgumentException e) {
      throw syntaxError();
    }
  }

  private static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '"' || c == '\'') {
        StringBuilder word = new StringBuilder();
        i = quoted(text, i, word);
        tokens.add(new Token(word.toString(), true));
      } else if ("(),;.".indexOf(c) >= 0) {
        tokens.add(new Token(String.valueOf(c), false));
        i++;
      } else {
        int from = i;
        while (i < text.length() && isWord(text.charAt(i))) {
          i++;
        }
        if (i == from) {
          // Nothing that a command has: it is SQL.
          return List.of(new Token("", true));
        }
        tokens.add(new Token(text.substring(from, i), false));
      }
    }
    return tokens;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '/' || c == '-';
  }

  /// Reads what is in quotes; returns where it goes on.
  private static int quoted(String text, int from, StringBuilder word) {
    char quote = text.charAt(from);
    int i = from + 1;
    while (i < text.length()) {
      if (text.charAt(i) == quote) {
        if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
      word.append(text.charAt(i++));
    }
    throw PgException.error(SqlState.SYNTAX_ERROR, "unterminated quoted string");
  }
}
