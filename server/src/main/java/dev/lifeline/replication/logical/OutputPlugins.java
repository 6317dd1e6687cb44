package dev.lifeline.replication.logical;

import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The output plugins that there are. Others cannot be loaded.
public final class OutputPlugins {
  private OutputPlugins() {}

  /// Refuses a plugin that there is not, as PostgreSQL does where its library is missing.
  public static void check(String name) {
    if (!name.equals(TestDecoding.NAME) && !name.equals(PgOutput.NAME)) {
      throw PgException.error(
          SqlState.UNDEFINED_FILE, "could not access file \"%s\": No such file or directory", name);
    }
  }

  /// Opens a plugin for a session.
  ///
  /// @param options as the client gave them
  /// @param origins the names of origins by their numbers
  public static OutputPlugin open(
      String name,
      Map<String, @Nullable String> options,
      SessionContext session,
      IntFunction<@Nullable String> origins) {
    check(name);
    return name.equals(TestDecoding.NAME)
        ? new TestDecoding(options, session.evalContext())
        : new PgOutput(
            PgOutputOptions.parse(options), session.catalog(), session.evalContext(), origins);
  }
}
