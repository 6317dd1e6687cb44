package dev.lifeline.tcop;

import dev.lifeline.events.TraceContext;
import dev.lifeline.utils.TimeZoneSetting;
import dev.lifeline.utils.adt.DateTimeStyle;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.IntervalStyle;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.guc.ActingRole;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.time.ZoneId;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a session's parameters mean to its parts, worked out anew only when one has changed.
final class SessionSettings {
  private final GucSession gucs;
  private final Supplier<ServerConfig> server;
  private @Nullable ServerConfig seen;
  private int generation = -1;
  private Severity clientMinMessages = Severity.NOTICE;
  private Severity logMinMessages = Severity.WARNING;
  private Severity logMinErrorStatement = Severity.ERROR;
  private long statementTimeoutMs;
  private LogStatement logStatement = LogStatement.NONE;
  private boolean tracksStatements;
  private boolean tracksUtility;
  private long trackedStatements;
  private @Nullable TraceContext traceparent;
  private String traceparentText = "";
  private int traceparentsMalformed;
  private double traceCallerSampleRate = 1;

  SessionSettings(GucSession gucs, Supplier<ServerConfig> server) {
    this.gucs = gucs;
    this.server = server;
  }

  /// Whether `pg_stat_statements` counts a statement, by the first word of its command tag.
  boolean tracks(String command) {
    return tracksStatements
        && (tracksUtility
            || switch (command) {
              case "SELECT", "INSERT", "UPDATE", "DELETE" -> true;
              default -> false;
            });
  }

  /// How many kinds of statements `pg_stat_statements` keeps.
  long trackedStatements() {
    return trackedStatements;
  }

  /// The role that the session acts as, or 0 before it has logged in.
  int roleOid() {
    ActingRole role = gucs.acting();
    return role == null ? 0 : role.oid();
  }

  /// Brings these settings, and those of expressions, up to date.
  void refresh(EvalContext context) {
    ServerConfig current = server.get();
    if (gucs.generation() == generation && current.equals(seen)) {
      return;
    }
    seen = current;
    generation = gucs.generation();
    clientMinMessages = severity(gucs.get(Gucs.CLIENT_MIN_MESSAGES));
    logMinMessages = severity(gucs.get(Gucs.LOG_MIN_MESSAGES));
    logMinErrorStatement = severity(gucs.get(Gucs.LOG_MIN_ERROR_STATEMENT));
    statementTimeoutMs = gucs.get(Gucs.STATEMENT_TIMEOUT);
    logStatement = LogStatement.of(gucs.get(Gucs.LOG_STATEMENT));
    tracksStatements = !gucs.get(Gucs.PG_STAT_STATEMENTS_TRACK).equalsIgnoreCase("none");
    tracksUtility = gucs.get(Gucs.PG_STAT_STATEMENTS_TRACK_UTILITY);
    trackedStatements = gucs.get(Gucs.PG_STAT_STATEMENTS_MAX);
    traceparent(gucs.get(Gucs.LIFELINE_TRACEPARENT));
    traceCallerSampleRate = gucs.get(Gucs.LIFELINE_TRACE_CALLER_SAMPLE_RATE);
    context
        .dateStyle(dateStyle(gucs.get(Gucs.DATESTYLE)))
        .intervalStyle(intervalStyle(gucs.get(Gucs.INTERVALSTYLE)))
        .byteaHex(gucs.get(Gucs.BYTEA_OUTPUT).equalsIgnoreCase("hex"))
        .extraFloatDigits(Math.toIntExact(gucs.get(Gucs.EXTRA_FLOAT_DIGITS)))
        .timeZone(gucs.get(Gucs.TIMEZONE), zone(gucs.get(Gucs.TIMEZONE)));
  }

  /// A parameter's value now.
  <T> T get(Guc<T> parameter) {
    return gucs.get(parameter);
  }

  /// `log_min_duration_statement`: -1 none, 0 all. As it is now: a statement that sets it is
  /// measured by it.
  long logMinDurationMs() {
    return gucs.get(Gucs.LOG_MIN_DURATION_STATEMENT);
  }

  /// `log_min_duration_sample`, as [#logMinDurationMs].
  long logMinDurationSampleMs() {
    return gucs.get(Gucs.LOG_MIN_DURATION_SAMPLE);
  }

  double logStatementSampleRate() {
    return gucs.get(Gucs.LOG_STATEMENT_SAMPLE_RATE);
  }

  boolean logDuration() {
    return gucs.get(Gucs.LOG_DURATION);
  }

  String logErrorVerbosity() {
    return gucs.get(Gucs.LOG_ERROR_VERBOSITY);
  }

  LogStatement logStatement() {
    return logStatement;
  }

  /// `lifeline.traceparent`; null where it names no trace.
  @Nullable TraceContext traceparent() {
    return traceparent;
  }

  private void traceparent(String text) {
    if (!text.equals(traceparentText)) {
      traceparentText = text;
      traceparent = TraceContext.parse(text);
      if (traceparent == null && !text.isEmpty()) {
        traceparentsMalformed++;
      }
    }
  }

  /// How often since the last call `lifeline.traceparent` was set to what names no trace.
  int takeMalformedTraceparents() {
    int count = traceparentsMalformed;
    traceparentsMalformed = 0;
    return count;
  }

  double traceCallerSampleRate() {
    return traceCallerSampleRate;
  }

  /// 0: none.
  long statementTimeoutMs() {
    return statementTimeoutMs;
  }

  boolean toClient(Severity severity) {
    return severity == Severity.INFO || severity.compareTo(clientMinMessages) >= 0;
  }

  boolean toLog(Severity severity) {
    return logRank(severity) >= logRank(logMinMessages);
  }

  /// Whether the log is told the statement that caused a message.
  boolean withStatement(Severity severity) {
    return logRank(severity) >= logRank(logMinErrorStatement);
  }

  /// For the log, LOG is worth more than ERROR.
  private static int logRank(Severity severity) {
    return switch (severity) {
      case DEBUG -> 0;
      case INFO -> 1;
      case NOTICE -> 2;
      case WARNING -> 3;
      case ERROR -> 4;
      case LOG -> 5;
      case FATAL -> 6;
      case PANIC -> 7;
    };
  }

  private static Severity severity(String level) {
    String name = level.toUpperCase(Locale.ROOT);
    return name.startsWith("DEBUG") ? Severity.DEBUG : Severity.valueOf(name);
  }

  private static DateTimeStyle dateStyle(String value) {
    String[] parts = value.split(", ", -1);
    return new DateTimeStyle(
        DateTimeStyle.Format.valueOf(parts[0].toUpperCase(Locale.ROOT)),
        DateTimeStyle.Order.valueOf(parts[1].toUpperCase(Locale.ROOT)));
  }

  private static IntervalStyle intervalStyle(String value) {
    return IntervalStyle.valueOf(value.toUpperCase(Locale.ROOT));
  }

  private static ZoneId zone(String name) {
    TimeZoneSetting setting = TimeZoneSetting.of(name);
    if (setting == null) {
      throw new IllegalStateException("TimeZone " + name + " was checked when it was set");
    }
    return setting.zone();
  }
}
