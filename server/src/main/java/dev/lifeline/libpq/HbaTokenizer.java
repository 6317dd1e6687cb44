package dev.lifeline.libpq;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Splits an authentication file into lines of fields of words. Words are separated by blanks,
/// those of one field by commas; `"` quotes, `#` begins a comment, a backslash at a line's end
/// joins it with the next, and `@name` stands for the words of another file.
final class HbaTokenizer {
  private static final int INCLUDE_DEPTH_MAX = 10;

  private final HbaFile.Source source;
  private final List<Line> lines = new ArrayList<>();

  /// A line that is not empty.
  ///
  /// @param number of its first physical line, from 1
  /// @param raw its text
  /// @param error what is wrong with it already, or null
  record Line(int number, String raw, List<List<HbaToken>> fields, @Nullable String error) {}

  private HbaTokenizer(HbaFile.Source source) {
    this.source = source;
  }

  static List<Line> tokenize(Path file, String text, HbaFile.Source source) {
    HbaTokenizer tokenizer = new HbaTokenizer(source);
    tokenizer.file(file, text, 0);
    return tokenizer.lines;
  }

  private void file(Path file, String text, int depth) {
    List<String> physical = text.lines().toList();
    for (int at = 0; at < physical.size(); ) {
      int first = at;
      StringBuilder logical = new StringBuilder(physical.get(at++));
      while (!logical.isEmpty() && logical.charAt(logical.length() - 1) == '\\') {
        logical.setLength(logical.length() - 1);
        if (at == physical.size()) {
          break;
        }
        logical.append(physical.get(at++));
      }
      Scanner scanner = new Scanner(logical.toString());
      List<List<HbaToken>> fields = new ArrayList<>();
      String error = fields(scanner, fields, file, depth);
      if (!fields.isEmpty() || error != null) {
        lines.add(new Line(first + 1, logical.toString(), fields, error));
      }
    }
  }

  private @Nullable String fields(
      Scanner scanner, List<List<HbaToken>> fields, Path file, int depth) {
    while (true) {
      List<HbaToken> field = new ArrayList<>();
      boolean more;
      do {
        HbaToken token = scanner.next();
        if (token == null) {
          break;
        }
        more = scanner.endedWithComma();
        if (!token.quoted() && token.text().length() > 1 && token.text().startsWith("@")) {
          String error = include(token.text().substring(1), file, depth, field);
          if (error != null) {
            return error;
          }
        } else {
          field.add(token);
        }
      } while (more);
      if (field.isEmpty() && scanner.atEnd()) {
        return null;
      }
      if (!field.isEmpty()) {
        fields.add(field);
      }
    }
  }

  /// Adds all words of another file to a field; returns what is wrong with it.
  private @Nullable String include(String name, Path from, int depth, List<HbaToken> into) {
    Path file = from.resolveSibling(name);
    String prefix =
        "could not open secondary authentication file \"@%s\" as \"%s\": ".formatted(name, file);
    if (depth >= INCLUDE_DEPTH_MAX) {
      return prefix + "maximum nesting depth exceeded";
    }
    String text;
    try {
      text = source.read(file);
    } catch (NoSuchFileException e) {
      return prefix + "No such file or directory";
    } catch (IOException e) {
      return prefix + e.getMessage();
    }
    HbaTokenizer included = new HbaTokenizer(source);
    included.file(file, text, depth + 1);
    for (Line line : included.lines) {
      if (line.error() != null) {
        return line.error();
      }
      line.fields().forEach(into::addAll);
    }
    return null;
  }

  /// The words of one line.
  private static final class Scanner {
    private final String line;
    private int at;
    private boolean comma;

    Scanner(String line) {
      this.line = line;
    }

    boolean atEnd() {
      return at >= line.length();
    }

    boolean endedWithComma() {
      return comma;
    }

    @Nullable HbaToken next() {
      comma = false;
      while (!atEnd() && (isBlank(line.charAt(at)) || line.charAt(at) == ',')) {
        at++;
      }
      StringBuilder word = new StringBuilder();
      boolean inQuote = false;
      boolean wasQuote = false;
      boolean sawQuote = false;
      boolean initialQuote = false;
      while (!atEnd() && (inQuote || !isBlank(line.charAt(at)))) {
        char c = line.charAt(at++);
        if (c == '#' && !inQuote) {
          at = line.length();
          break;
        }
        if (c == ',' && !inQuote) {
          comma = true;
          break;
        }
        if (c != '"' || wasQuote) {
          word.append(c);
        }
        wasQuote = inQuote && c == '"' && !wasQuote;
        if (c == '"') {
          inQuote = !inQuote;
          sawQuote = true;
          initialQuote |= word.isEmpty();
        }
      }
      return word.isEmpty() && !sawQuote ? null : new HbaToken(word.toString(), initialQuote);
    }

    private static boolean isBlank(char c) {
      return c == ' ' || c == '\t' || c == '\r';
    }
  }
}
