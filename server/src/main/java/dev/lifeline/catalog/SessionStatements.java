package dev.lifeline.catalog;

import java.util.List;

/// The cursors and prepared statements of a session, for its views.
public interface SessionStatements {
  /// Of who has none.
  SessionStatements NONE =
      new SessionStatements() {
        @Override
        public List<Cursor> cursors() {
          return List.of();
        }

        @Override
        public List<Prepared> prepared() {
          return List.of();
        }
      };

  List<Cursor> cursors();

  List<Prepared> prepared();

  /// A row of `pg_cursors`.
  ///
  /// @param creationMicros since the epoch
  record Cursor(
      String name,
      String statement,
      boolean holdable,
      boolean binary,
      boolean scrollable,
      long creationMicros) {}

  /// A row of `pg_prepared_statements`.
  ///
  /// @param parameterTypes their oids
  /// @param prepareMicros since the epoch
  /// @param fromSql whether PREPARE has made it, rather than the protocol
  record Prepared(
      String name,
      String statement,
      long prepareMicros,
      List<Integer> parameterTypes,
      boolean fromSql) {
    public Prepared {
      parameterTypes = List.copyOf(parameterTypes);
    }
  }
}
