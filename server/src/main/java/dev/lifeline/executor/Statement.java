package dev.lifeline.executor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement that was analyzed and can be executed, again and again, by any number of sessions.
public interface Statement {
  /// The oids of its parameters' types.
  List<Integer> parameterTypes();

  /// The shape of its rows, or null where it returns none.
  @Nullable List<ResultColumn> resultColumns();

  /// The first word(s) of its command tag, e.g. `SELECT`, `CREATE TABLE`.
  String commandName();

  /// Equal for statements that differ in their literals only; `pg_stat_statements` calls it so too.
  long queryId();

  /// Its text without literals: what may leave the process (`db.query.text`).
  String queryText();

  /// Its text with a parameter for each literal.
  default String parameterizedText() {
    return queryText();
  }

  /// What it does to what, without a literal, e.g. `SELECT pgbench_accounts`: the name of its span.
  String summary();
}
