package dev.lifeline.tcop;

import dev.lifeline.events.TraceContext;
import org.jspecify.annotations.Nullable;

/// The client's trace that a statement belongs to: its own comment says it (SQLCommenter), or the
/// parameter `lifeline.traceparent`, or else what its session began with. What is malformed is
/// ignored, and counted by [SessionReports].
final class StatementTrace {
  private static final String COMMENT = "traceparent='";
  private static final int LENGTH = 55;
  private static final int SAMPLED = 1;

  private StatementTrace() {}

  /// @param sql the statement with its comments
  /// @param parameter what `lifeline.traceparent` is set to
  /// @param session the context of the session's start
  /// @param sampleRate how many of the traces that clients want sampled are
  static @Nullable TraceContext of(
      @Nullable String sql,
      @Nullable TraceContext parameter,
      @Nullable TraceContext session,
      double sampleRate) {
    TraceContext trace = ofComment(sql);
    if (trace == null) {
      trace = parameter == null ? session : parameter;
    }
    return trace == null || !trace.sampled() || admitted(trace, sampleRate)
        ? trace
        : new TraceContext(trace.traceId(), trace.spanId(), trace.flags() & ~SAMPLED);
  }

  private static @Nullable TraceContext ofComment(@Nullable String sql) {
    String value = comment(sql);
    return value == null ? null : TraceContext.parse(value);
  }

  /// Whether the statement has a comment that should name a trace and does not.
  static boolean isMalformed(@Nullable String sql) {
    String value = comment(sql);
    return value != null && TraceContext.parse(value) == null;
  }

  /// What stands between the quotes, as far as a trace context goes; null without a comment.
  private static @Nullable String comment(@Nullable String sql) {
    int at = sql == null ? -1 : sql.lastIndexOf(COMMENT);
    if (sql == null || at < 0) {
      return null;
    }
    int start = at + COMMENT.length();
    return sql.substring(start, Math.min(start + LENGTH, sql.length()));
  }

  /// By the trace's id, so that all statements of a trace have the same answer, on every server.
  private static boolean admitted(TraceContext trace, double sampleRate) {
    if (sampleRate >= 1) {
      return true;
    }
    long random = Long.parseUnsignedLong(trace.traceId().substring(16), 16) >>> 1;
    return random < sampleRate * Long.MAX_VALUE;
  }
}
