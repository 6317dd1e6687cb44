package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `pg_hba.conf`: who may connect from where to what, and how they must prove who they are. The
/// first rule that matches decides, whatever comes of it; where none matches, the connection is
/// rejected.
///
/// Immutable: a reload reads a new one, and keeps the old one where it is not [#usable].
public final class HbaFile {
  private final Path file;
  private final List<Entry> entries;
  private final List<HbaLine> lines;
  private final List<PgException> messages;
  private final boolean usable;
  private final boolean needsMemberships;

  private HbaFile(
      Path file,
      List<Entry> entries,
      List<HbaLine> lines,
      List<PgException> messages,
      boolean usable) {
    this.file = file;
    this.entries = List.copyOf(entries);
    this.lines = List.copyOf(lines);
    this.messages = List.copyOf(messages);
    this.usable = usable;
    this.needsMemberships = lines.stream().anyMatch(HbaLine::needsMemberships);
  }

  /// A line that is not empty: a rule, or what is wrong with it.
  ///
  /// @param error null also where PostgreSQL's view has nothing to say about a broken line
  public record Entry(int number, @Nullable HbaLine rule, @Nullable String error) {}

  /// Where the file and the files that it includes are read from.
  @FunctionalInterface
  public interface Source {
    String read(Path file) throws IOException;
  }

  /// Reads the file from disk. Blocks; for the start and the reload of a server.
  ///
  /// @param tls whether connections can be encrypted; else the log is told of rules in vain
  public static HbaFile read(Path file, boolean tls) {
    return read(file, tls, path -> Files.readString(path, StandardCharsets.UTF_8));
  }

  public static HbaFile read(Path file, boolean tls, Source source) {
    List<HbaTokenizer.Line> tokens;
    try {
      tokens = HbaTokenizer.tokenize(file, source.read(file), source);
    } catch (IOException e) {
      return new HbaFile(file, List.of(), List.of(), List.of(cannotOpen(file, e)), false);
    }
    List<Entry> entries = new ArrayList<>();
    List<HbaLine> lines = new ArrayList<>();
    List<PgException> unreadable = new ArrayList<>();
    List<PgException> messages = new ArrayList<>();
    boolean usable = true;
    for (HbaTokenizer.Line line : tokens) {
      if (line.error() != null) {
        unreadable.add(log(line.error()));
        usable = false;
        entries.add(new Entry(line.number(), null, line.error()));
        continue;
      }
      HbaParser parser = new HbaParser(line, tls);
      HbaLine rule = null;
      HbaParser.BadLine wrong = null;
      try {
        rule = parser.parse();
        lines.add(rule);
      } catch (HbaParser.BadLine bad) {
        wrong = bad;
        usable = false;
      }
      HbaParser.BadLine inVain = parser.inVain();
      if (inVain != null) {
        messages.add(broken(file, line.number(), inVain));
      }
      if (wrong != null) {
        messages.add(broken(file, line.number(), wrong));
      }
      entries.add(new Entry(line.number(), rule, shown(wrong, inVain)));
    }
    // As PostgreSQL, which reads all words before it looks at any.
    messages.addAll(0, unreadable);
    if (lines.isEmpty() && messages.isEmpty()) {
      usable = false;
      messages.add(log("configuration file \"%s\" contains no entries".formatted(file)));
    }
    return new HbaFile(file, entries, lines, messages, usable);
  }

  /// What was said last stands in the view.
  private static @Nullable String shown(
      HbaParser.@Nullable BadLine wrong, HbaParser.@Nullable BadLine inVain) {
    String told = wrong == null ? null : wrong.shown();
    return told == null && inVain != null ? inVain.shown() : told;
  }

  private static PgException broken(Path file, int number, HbaParser.BadLine bad) {
    PgException error = log(bad.message());
    String hint = bad.hint();
    if (hint != null) {
      error.hint("%s", hint);
    }
    return error.context(context(file, number));
  }

  static String context(Path file, int number) {
    return "line %d of configuration file \"%s\"".formatted(number, file);
  }

  static PgException cannotOpen(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException missing -> "No such file or directory";
          case AccessDeniedException denied -> "Permission denied";
          default -> String.valueOf(e.getMessage());
        };
    return log("could not open configuration file \"%s\": %s".formatted(file, reason));
  }

  static PgException log(String message) {
    return new PgException(Severity.LOG, SqlState.CONFIG_FILE_ERROR, message);
  }

  /// Where it was read from.
  public Path file() {
    return file;
  }

  public List<HbaLine> lines() {
    return lines;
  }

  /// All lines, the broken ones too, as `pg_hba_file_rules` shows them.
  public List<Entry> entries() {
    return entries;
  }

  /// What the log is told about its lines, in their order.
  public List<PgException> messages() {
    return messages;
  }

  /// Whether all lines are right. A file with a broken one is not to be used, because what it means
  /// is not known.
  public boolean usable() {
    return usable;
  }

  /// Whether a rule looks at groups, so that [#match] needs them.
  public boolean needsMemberships() {
    return needsMemberships;
  }

  /// The rule that decides about a connection, or null where there is none.
  ///
  /// @param memberships the roles that the user is a member of
  /// @throws ClientHost.NotResolved when a rule is reached that asks for the client's host name
  public @Nullable HbaLine match(
      HbaRequest request, Set<String> memberships, AddressRange.LocalNetworks networks) {
    for (HbaLine line : lines) {
      if (line.matches(request, memberships, networks)) {
        return line;
      }
    }
    return null;
  }

  /// What a client is told that no rule, or one that says `reject`, matches.
  public static PgException rejection(HbaRequest request, @Nullable HbaLine line) {
    String encryption = request.tls() ? "SSL encryption" : "no encryption";
    String host = request.address().hostForMessage();
    if (request.replication()) {
      return PgException.fatal(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          line == null
              ? "no pg_hba.conf entry for replication connection from host \"%s\", user \"%s\", %s"
              : "pg_hba.conf rejects replication connection for host \"%s\", user \"%s\", %s",
          host,
          request.user(),
          encryption);
    }
    return PgException.fatal(
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        line == null
            ? "no pg_hba.conf entry for host \"%s\", user \"%s\", database \"%s\", %s"
            : "pg_hba.conf rejects connection for host \"%s\", user \"%s\", database \"%s\", %s",
        host,
        request.user(),
        request.database(),
        encryption);
  }
}
