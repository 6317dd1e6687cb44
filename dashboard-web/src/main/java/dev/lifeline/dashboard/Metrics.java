package dev.lifeline.dashboard;

import dev.lifeline.events.state.ClusterMetric;
import java.util.List;

/// The state of each cluster in Prometheus' text format.
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private Metrics() {}

  static String of(List<EventLog> logs) {
    StringBuilder out = new StringBuilder();
    for (ClusterMetric metric : ClusterMetric.all()) {
      out.append("# HELP ").append(metric.name()).append(' ').append(metric.help()).append('\n');
      out.append("# TYPE ").append(metric.name()).append(' ').append(kind(metric)).append('\n');
      for (EventLog log : logs) {
        out.append(metric.name())
            .append("{system_identifier=\"")
            .append(log.systemIdentifier())
            .append("\"} ")
            .append(number(metric.value().applyAsDouble(log.state())))
            .append('\n');
      }
    }
    return out.toString();
  }

  private static String kind(ClusterMetric metric) {
    return switch (metric.kind()) {
      case GAUGE -> "gauge";
      case COUNTER -> "counter";
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
