package dev.lifeline.tcop;

import dev.lifeline.events.TraceContext;
import org.jspecify.annotations.Nullable;

/// The client's trace that a statement belongs to: its own comment says it (SQLCommenter), or the
/// parameter `lifeline.traceparent`, or else what its session began with. What is malformed is
/// ignored.
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
    int at = sql == null ? -1 : sql.lastIndexOf(COMMENT);
    if (sql == null || at < 0) {
      return null;
    }
    int start = at + COMMENT.length();
    return start + LENGTH <= sql.length()
        ? TraceContext.parse(sql.substring(start, start + LENGTH))
        : null;
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
