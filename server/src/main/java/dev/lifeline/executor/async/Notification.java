package dev.lifeline.executor.async;

/// What a client that listens is told.
///
/// @param pid the backend that has notified
public record Notification(int pid, String channel, String payload) {
  /// Roughly the memory that it takes while it waits.
  long bytes() {
    return 64L + 2L * payload.length();
  }
}
