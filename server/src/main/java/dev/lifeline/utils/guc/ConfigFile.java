package dev.lifeline.utils.guc;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads `postgresql.conf`: `name = value` lines, comments, quotes, and the directives `include`,
/// `include_if_exists` and `include_dir`. Reads on after a broken line, so that all of them are
/// told.
public final class ConfigFile {
  /// Includes deeper than this are a loop.
  private static final int MAX_DEPTH = 10;

  private final List<ConfigItem> items = new ArrayList<>();
  private final List<ConfigError> errors = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  private ConfigFile() {}

  /// One setting, where it stands.
  public record ConfigItem(String name, String value, Path file, int line) {}

  /// What is wrong, in PostgreSQL's words, and where.
  public record ConfigError(String message, Path file, int line) {}

  /// A line that says something: a setting, or what is wrong with it in a few words.
  public record Entry(
      @Nullable String name, @Nullable String value, Path file, int line, @Nullable String error) {}

  public static ConfigFile read(Path file) {
    ConfigFile result = new ConfigFile();
    result.include(file, 0, true, file, 0);
    return result;
  }

  /// The settings in their order; a later one of a name replaces an earlier one.
  public List<ConfigItem> items() {
    return List.copyOf(items);
  }

  public List<ConfigError> errors() {
    return List.copyOf(errors);
  }

  /// All lines that say something, the broken ones too, in their order.
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  private void error(String message, String inShort, Path file, int line) {
    errors.add(new ConfigError(message, file, line));
    entries.add(new Entry(null, null, file, line, inShort));
  }

  private void include(Path file, int depth, boolean required, Path from, int fromLine) {
    if (depth > MAX_DEPTH) {
      error(
          "could not open configuration file \"" + file + "\": maximum nesting depth exceeded",
          "nesting depth exceeded",
          from,
          fromLine);
      return;
    }
    if (file.equals(from) && fromLine > 0) {
      error(
          "configuration file recursion in \"" + file + "\"",
          "configuration file recursion",
          from,
          fromLine);
      return;
    }
    if (Files.isDirectory(file)) {
      // A directory can be opened as a file; what reads it finds that out.
      String failed = "input in flex scanner failed";
      error(failed + " at file \"" + file + "\" line 1", failed, file, 1);
      return;
    }
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      if (required) {
        error(
            "could not open configuration file \"" + file + "\": " + reason(e),
            "could not open file \"" + file + "\"",
            from,
            fromLine);
      }
      return;
    }
    int line = 0;
    for (String content : text.split("\n", -1)) {
      line++;
      readLine(content, file, line, depth);
    }
  }

  private void readLine(String content, Path file, int line, int depth) {
    ConfigLine parsed = ConfigLine.parse(content);
    if (parsed.error() != null) {
      String near = parsed.error().isEmpty() ? "end of line" : "token \"" + parsed.error() + "\"";
      error(
          "syntax error in file \"%s\" line %d, near %s".formatted(file, line, near),
          "syntax error",
          file,
          line);
      return;
    }
    String name = parsed.name();
    if (name == null) {
      return;
    }
    String value = parsed.value();
    switch (name.toLowerCase(Locale.ROOT)) {
      case "include" -> {
        if (named("file", value, file, line)) {
          include(beside(file, value), depth + 1, true, file, line);
        }
      }
      case "include_if_exists" -> {
        if (named("file", value, file, line)) {
          include(beside(file, value), depth + 1, false, file, line);
        }
      }
      case "include_dir" -> {
        if (named("directory", value, file, line)) {
          includeDirectory(beside(file, value), depth + 1, file, line);
        }
      }
      default -> {
        items.add(new ConfigItem(name, parsed.value(), file, line));
        entries.add(new Entry(name, parsed.value(), file, line, null));
      }
    }
  }

  /// Whether an include has a name at all.
  private boolean named(String what, String name, Path file, int line) {
    if (name.isBlank()) {
      String empty = "empty configuration " + what + " name";
      error(empty + ": \"" + name + "\"", empty, file, line);
      return false;
    }
    return true;
  }

  private void includeDirectory(Path directory, int depth, Path from, int fromLine) {
    List<Path> files;
    try (var listing = Files.list(directory)) {
      files =
          listing
              .filter(f -> f.getFileName().toString().endsWith(".conf"))
              .filter(f -> !f.getFileName().toString().startsWith("."))
              .sorted()
              .toList();
    } catch (IOException e) {
      error(
          "could not open configuration directory \"" + directory + "\": " + reason(e),
          "could not open directory \"" + directory + "\"",
          from,
          fromLine);
      return;
    }
    int before = errors.size();
    for (Path file : files) {
      if (errors.size() == before) {
        include(file, depth, true, from, fromLine);
      }
    }
  }

  private static Path beside(Path file, String name) {
    return file.resolveSibling(name).normalize();
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "No such file or directory";
      case AccessDeniedException denied -> "Permission denied";
      case MalformedInputException malformed -> "invalid byte sequence for encoding \"UTF8\"";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// One line: nothing, a name with its value, or the token at which it is wrong.
  private record ConfigLine(@Nullable String name, String value, @Nullable String error) {
    static ConfigLine parse(String raw) {
      String text = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      int at = skipBlanks(text, 0);
      if (atEnd(text, at)) {
        return new ConfigLine(null, "", null);
      }
      int nameEnd = at;
      while (nameEnd < text.length() && isNamePart(text.charAt(nameEnd), nameEnd == at)) {
        nameEnd++;
      }
      if (nameEnd == at) {
        return wrong(text, at);
      }
      String name = text.substring(at, nameEnd);
      at = skipBlanks(text, nameEnd);
      if (at < text.length() && text.charAt(at) == '=') {
        at = skipBlanks(text, at + 1);
      }
      if (atEnd(text, at)) {
        return new ConfigLine(null, "", "");
      }
      return value(name, text, at);
    }

    private static ConfigLine value(String name, String text, int start) {
      StringBuilder value = new StringBuilder();
      int at = start;
      if (text.charAt(at) == '\'') {
        at = quoted(text, at, value);
        if (at < 0) {
          return wrong(text, start);
        }
      } else {
        while (at < text.length() && isBare(text.charAt(at))) {
          value.append(text.charAt(at++));
        }
        if (at == start) {
          return wrong(text, start);
        }
      }
      int rest = skipBlanks(text, at);
      return atEnd(text, rest) ? new ConfigLine(name, value.toString(), null) : wrong(text, rest);
    }

    /// Unquotes into `value`; returns the place after the closing quote, or -1 where there is none.
    private static int quoted(String text, int start, StringBuilder value) {
      int at = start + 1;
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\'') {
          if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
            value.append('\'');
            at += 2;
            continue;
          }
          return at + 1;
        }
        if (c == '\\' && at + 1 < text.length()) {
          at = escaped(text, at + 1, value);
          continue;
        }
        value.append(c);
        at++;
      }
      return -1;
    }

    private static int escaped(String text, int at, StringBuilder value) {
      char c = text.charAt(at);
      switch (c) {
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          int end = at;
          int code = 0;
          while (end < text.length() && end < at + 3 && Character.digit(text.charAt(end), 8) >= 0) {
            code = code * 8 + Character.digit(text.charAt(end++), 8);
          }
          value.append((char) code);
          return end;
        }
        default -> value.append(c);
      }
      return at + 1;
    }

    private static ConfigLine wrong(String text, int at) {
      int end = at + 1;
      boolean word = isBare(text.charAt(at));
      while (word && end < text.length() && isBare(text.charAt(end))) {
        end++;
      }
      return new ConfigLine(null, "", text.substring(at, end));
    }

    private static int skipBlanks(String text, int from) {
      int at = from;
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
      return at;
    }

    private static boolean atEnd(String text, int at) {
      return at >= text.length() || text.charAt(at) == '#';
    }

    private static boolean isNamePart(char c, boolean first) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
      return letter || (!first && ((c >= '0' && c <= '9') || c == '.' || c == '$'));
    }

    private static boolean isBare(char c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c >= 0x80
          || "_-./:+".indexOf(c) >= 0;
    }
  }
}
