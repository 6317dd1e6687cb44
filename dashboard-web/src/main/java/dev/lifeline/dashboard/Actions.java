package dev.lifeline.dashboard;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the page may do beside reading, for who has the token. The dashboard knows no server, so it
/// is told.
public interface Actions {
  /// A drill.
  ///
  /// @param name as in the API, `crash_backend`
  /// @param title what it does, for people
  /// @param takesPid whether it is done to one process
  /// @param expected the events that it should bring about, in order, without prefix and version
  record Drill(String name, String title, boolean takesPid, List<String> expected) {
    public Drill {
      expected = List.copyOf(expected);
    }
  }

  /// Whether this is the secret that changes need. Takes as long whatever is given.
  boolean admits(String token);

  /// Where people find the token.
  String whereTheTokenIs();

  /// Where Jaeger's page is; null where nobody said.
  @Nullable String jaegerUrl();

  List<Drill> drills();

  /// Does a drill.
  ///
  /// @param pid to whom, where the drill takes one; 0 for whichever will do
  /// @return a sequence before the first event that it brings about
  Future<Long> drill(String name, int pid);

  /// The rows of a query.
  ///
  /// @param rows values as the client library has them: numbers, texts, `OffsetDateTime`, ...
  /// @param more whether there would have been more
  record QueryResult(List<String> columns, List<List<@Nullable Object>> rows, boolean more) {}

  /// Asks the server something in SQL, in a transaction that changes nothing.
  ///
  /// @param user the role to log in as, as `pg_hba.conf` lets it; null for the server's own
  /// @param rowsMax how many rows are wanted
  /// @return fails with PostgreSQL's message where it is refused
  Future<QueryResult> query(
      String sql, @Nullable String user, @Nullable String password, int rowsMax);

  /// Puts a note on the log.
  ///
  /// @param atSequence the event that it stands at
  /// @param untilSequence the last event that it is about; null for one instant
  /// @return its sequence
  Future<Long> annotate(String text, String author, long atSequence, @Nullable Long untilSequence);
}
