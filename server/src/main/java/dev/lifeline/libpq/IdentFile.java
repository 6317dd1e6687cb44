package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `pg_ident.conf`: under which names of roles those may connect whom the operating system or a
/// certificate calls otherwise.
///
/// Immutable: a reload reads a new one, and keeps the old one where [#errors] is not empty.
public final class IdentFile {
  /// No maps at all.
  public static final IdentFile EMPTY = new IdentFile(List.of(), List.of());

  private final List<Mapping> mappings;
  private final List<PgException> errors;

  private IdentFile(List<Mapping> mappings, List<PgException> errors) {
    this.mappings = List.copyOf(mappings);
    this.errors = List.copyOf(errors);
  }

  /// One line.
  ///
  /// @param systemUser a name, or behind a slash a regular expression
  /// @param user the name of a role; `\1` is what the expression's first parentheses matched
  /// @param pattern of the expression; null for a name, and where the line is wrong
  /// @param error what is wrong with it; null where nothing is
  public record Mapping(
      int number,
      String map,
      String systemUser,
      String user,
      @Nullable Pattern pattern,
      @Nullable String error) {
    static Mapping broken(int number, String error) {
      return new Mapping(number, "", "", "", null, error);
    }
  }

  /// Reads the file from disk. Blocks.
  public static IdentFile read(Path file) {
    return read(file, path -> Files.readString(path, StandardCharsets.UTF_8));
  }

  public static IdentFile read(Path file, HbaFile.Source source) {
    List<HbaTokenizer.Line> lines;
    try {
      lines = HbaTokenizer.tokenize(file, source.read(file), source);
    } catch (IOException e) {
      return new IdentFile(List.of(), List.of(HbaFile.cannotOpen(file, e)));
    }
    List<Mapping> mappings = new ArrayList<>();
    List<PgException> errors = new ArrayList<>();
    for (HbaTokenizer.Line line : lines) {
      if (line.error() != null) {
        errors.add(HbaFile.log(line.error()));
        mappings.add(Mapping.broken(line.number(), line.error()));
      } else {
        mappings.add(mapping(file, line, errors));
      }
    }
    return new IdentFile(mappings, errors);
  }

  private static Mapping mapping(Path file, HbaTokenizer.Line line, List<PgException> errors) {
    List<List<HbaToken>> fields = line.fields();
    for (int i = 0; i < 3; i++) {
      if (i == fields.size()) {
        errors.add(
            HbaFile.log(
                "missing entry in file \"%s\" at end of line %d".formatted(file, line.number())));
        return Mapping.broken(line.number(), "missing entry at end of line");
      }
      if (fields.get(i).size() > 1) {
        errors.add(
            HbaFile.log("multiple values in ident field")
                .context(HbaFile.context(file, line.number())));
        return Mapping.broken(line.number(), "multiple values in ident field");
      }
    }
    String systemUser = fields.get(1).getFirst().text();
    Pattern pattern = null;
    if (systemUser.startsWith("/")) {
      try {
        pattern = HbaToken.expression(systemUser);
      } catch (PgException e) {
        errors.add(new PgException(Severity.LOG, e.sqlState(), e.message()));
        return Mapping.broken(line.number(), e.message());
      }
    }
    return new Mapping(
        line.number(),
        fields.get(0).getFirst().text(),
        systemUser,
        fields.get(2).getFirst().text(),
        pattern,
        null);
  }

  /// All lines, the broken ones too.
  public List<Mapping> mappings() {
    return mappings;
  }

  /// What the log is told about broken lines, in their order; a file with any is not to be used.
  public List<PgException> errors() {
    return errors;
  }

  /// Whether somebody may connect as a role; where not, why is what the log is told.
  ///
  /// @param map null: under the own name only
  /// @param systemUser what the operating system or the certificate calls him
  public @Nullable PgException check(@Nullable String map, String role, String systemUser) {
    if (map == null || map.isEmpty()) {
      return role.equals(systemUser)
          ? null
          : PgException.log(
              "provided user name (%s) and authenticated user name (%s) do not match",
              role, systemUser);
    }
    for (Mapping mapping : mappings) {
      if (mapping.error == null && mapping.map.equals(map)) {
        try {
          if (matches(mapping, role, systemUser)) {
            return null;
          }
        } catch (PgException wrong) {
          return wrong;
        }
      }
    }
    return PgException.log(
        "no match in usermap \"%s\" for user \"%s\" authenticated as \"%s\"",
        map, role, systemUser);
  }

  private static boolean matches(Mapping mapping, String role, String systemUser) {
    Pattern pattern = mapping.pattern;
    if (pattern == null) {
      return mapping.systemUser.equals(systemUser) && mapping.user.equals(role);
    }
    Matcher matcher = pattern.matcher(systemUser);
    if (!matcher.find()) {
      return false;
    }
    int reference = mapping.user.indexOf("\\1");
    if (reference < 0) {
      return mapping.user.equals(role);
    }
    if (matcher.groupCount() < 1 || matcher.group(1) == null) {
      throw new PgException(
          Severity.LOG,
          SqlState.INVALID_REGULAR_EXPRESSION,
          "regular expression \"%s\" has no subexpressions as requested by backreference in \"%s\""
              .formatted(mapping.systemUser.substring(1), mapping.user));
    }
    String named =
        mapping.user.substring(0, reference)
            + matcher.group(1)
            + mapping.user.substring(reference + 2);
    return named.equals(role);
  }
}
