package dev.lifeline.dashboard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The logs that the dashboard shows, one for each cluster.
public interface EventLogs {
  /// All of them, the first one being what a page shows when nothing is asked for.
  List<EventLog> all();

  /// The log of a cluster; null where there is none.
  default @Nullable EventLog find(String systemIdentifier) {
    return all().stream()
        .filter(log -> log.systemIdentifier().equals(systemIdentifier))
        .findFirst()
        .orElse(null);
  }

  /// One cluster alone.
  static EventLogs of(EventLog log) {
    List<EventLog> one = List.of(log);
    return () -> one;
  }
}
