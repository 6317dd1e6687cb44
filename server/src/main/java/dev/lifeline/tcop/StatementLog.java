package dev.lifeline.tcop;

import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What the server log says of a session's statements: those that `log_statement` names, and how
/// long the messages took that brought them about.
final class StatementLog {
  private final SessionLog log;
  private final SessionSettings settings;
  private final SessionObjects objects;
  private final EvalContext context;
  private final RandomGenerator random;
  private String text = "";

  /// Whether `log_statement` has brought the statement into the log already.
  private boolean logged;

  /// What the EXECUTE among the statements runs; null where there is none.
  private @Nullable String executed;

  StatementLog(
      SessionLog log,
      SessionSettings settings,
      SessionObjects objects,
      EvalContext context,
      RandomGenerator random) {
    this.log = log;
    this.settings = settings;
    this.objects = objects;
    this.context = context;
    this.random = random;
  }

  /// A message about this statement has arrived.
  void arrived(String sql) {
    text = sql;
    logged = false;
    executed = null;
  }

  /// A statement begins.
  ///
  /// @param portal what it runs in; null in the simple protocol
  void begins(ParsedStatement parsed, @Nullable Portal portal) {
    if (portal == null && executed == null && parsed.tree() instanceof ExecuteStmt execute) {
      PreparedStatement prepared = objects.findStatement(execute.name());
      executed = prepared == null ? null : "prepare: " + prepared.sql();
    }
    if (!settings.logStatement().logs(parsed.tree())) {
      return;
    }
    // A text of several statements is logged once.
    if (portal != null) {
      write(executeName(portal) + ": " + text, parameters(portal));
    } else if (!logged) {
      write("statement: " + text, executed);
    }
    logged = true;
  }

  /// A simple query is done.
  void queryDone(double ms) {
    if (logsDuration(ms)) {
      duration(ms, logged ? null : "statement", executed);
    }
  }

  void parsed(String name, double ms) {
    if (logsDuration(ms)) {
      duration(ms, "parse " + orUnnamed(name), null);
    }
  }

  void bound(Portal portal, double ms) {
    if (logsDuration(ms)) {
      duration(ms, "bind " + names(portal), parameters(portal));
    }
  }

  void executed(Portal portal, double ms) {
    if (logsDuration(ms)) {
      duration(ms, logged ? null : executeName(portal), parameters(portal));
    }
  }

  private boolean logsDuration(double ms) {
    return settings.logDuration() || remarkable(ms);
  }

  private boolean remarkable(double ms) {
    return reaches(ms, settings.logMinDurationMs())
        || (reaches(ms, settings.logMinDurationSampleMs()) && sampled());
  }

  /// Whether a statement takes as long as a parameter says: -1 never, 0 always.
  static boolean reaches(double ms, long minMs) {
    return minMs >= 0 && ms >= minMs;
  }

  private boolean sampled() {
    double rate = settings.logStatementSampleRate();
    return rate == 1 || (rate > 0 && random.nextDouble() <= rate);
  }

  /// @param what was done; null where the log has the statement already
  private void duration(double ms, @Nullable String what, @Nullable String detail) {
    String duration = String.format(Locale.ROOT, "duration: %.3f ms", ms);
    if (what == null || !remarkable(ms)) {
      write(duration, null);
    } else {
      write(duration + "  " + what + ": " + text, detail);
    }
  }

  private void write(String message, @Nullable String detail) {
    PgException line = PgException.log(message);
    log.log(detail == null ? line : line.detail("%s", detail), null);
  }

  private @Nullable String parameters(Portal portal) {
    BoundParameters parameters = portal.parameters();
    long bytesMax = settings.get(Gucs.LOG_PARAMETER_MAX_LENGTH);
    return parameters == null || bytesMax == 0
        ? null
        : "parameters: " + parameters.show(context, bytesMax);
  }

  /// `execute <statement>[/<portal>]`, as PostgreSQL's log has it.
  private static String executeName(Portal portal) {
    return (portal.fetched() ? "execute fetch from " : "execute ") + names(portal);
  }

  private static String names(Portal portal) {
    String name = orUnnamed(portal.prepared().name());
    return portal.name().isEmpty() ? name : name + "/" + portal.name();
  }

  private static String orUnnamed(String name) {
    return name.isEmpty() ? "<unnamed>" : name;
  }
}
