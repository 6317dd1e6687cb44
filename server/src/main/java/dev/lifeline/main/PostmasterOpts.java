package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `postmaster.opts`: the command line of the last start, for `restart` and for people. The format
/// is PostgreSQL's: a program, then each argument in double quotes.
final class PostmasterOpts {
  static final String FILE = "postmaster.opts";

  private static final Pattern ARGUMENT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  private PostmasterOpts() {}

  static void write(Path dataDirectory, List<ServerConfig.Option> settings) {
    StringBuilder line = new StringBuilder("lifeline");
    argument(line, "run");
    argument(line, "-D");
    argument(line, dataDirectory.toString());
    for (ServerConfig.Option setting : settings) {
      argument(line, "-c");
      argument(line, setting.name() + "=" + setting.value());
    }
    try {
      Files.writeString(dataDirectory.resolve(FILE), line.append('\n'));
    } catch (IOException e) {
      throw PgException.fatal(
          SqlState.IO_ERROR,
          "could not write file \"%s\": %s",
          dataDirectory.resolve(FILE),
          DataDirectory.reason(e));
    }
  }

  private static void argument(StringBuilder line, String text) {
    line.append(" \"").append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }

  /// The arguments of the last start, beside the command and the data directory; none where it left
  /// no file.
  static List<String> read(Path dataDirectory) throws IOException {
    List<String> arguments = new ArrayList<>();
    try {
      Matcher matcher = ARGUMENT.matcher(Files.readString(dataDirectory.resolve(FILE)));
      while (matcher.find()) {
        arguments.add(matcher.group(1).replaceAll("\\\\(.)", "$1"));
      }
    } catch (NoSuchFileException e) {
      return arguments;
    }
    // run -D DATADIR
    return arguments.size() > 3 ? arguments.subList(3, arguments.size()) : List.of();
  }
}
