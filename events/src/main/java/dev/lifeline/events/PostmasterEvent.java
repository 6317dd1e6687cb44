package dev.lifeline.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The life of the cluster's supervisor.
public sealed interface PostmasterEvent extends LifecycleEvent {

  /// How a shutdown treats those who are connected.
  enum ShutdownMode {
    SMART,
    FAST,
    IMMEDIATE
  }

  /// A parameter and what became of it.
  ///
  /// @param oldValue absent when it was not set before, or had its built-in value
  /// @param newValue absent when it fell back to its built-in value
  /// @param source where the new value comes from, as `pg_settings.source`
  record ParameterChange(
      String name, @Nullable String oldValue, @Nullable String newValue, @Nullable String source) {}

  /// The first event of every run.
  ///
  /// @param version the version of Lifeline
  /// @param serverVersion the PostgreSQL version that clients are told
  /// @param osPid the operating system's id of the JVM
  record Started(String version, String serverVersion, String dataDirectory, long osPid)
      implements PostmasterEvent {}

  /// The state machine moved, e.g. from `PM_STARTUP` to `PM_RUN`.
  record StateChanged(String fromState, String toState) implements PostmasterEvent {}

  /// The configuration was read at the start; `parameters` are those that differ from the built-in
  /// values.
  record ConfigLoaded(String file, List<ParameterChange> parameters) implements PostmasterEvent {
    public ConfigLoaded {
      parameters = List.copyOf(parameters);
    }
  }

  /// The configuration was read again.
  ///
  /// @param error why nothing was changed, when the file was faulty
  record ConfigReloaded(String file, List<ParameterChange> parameters, @Nullable String error)
      implements PostmasterEvent {
    public ConfigReloaded {
      parameters = List.copyOf(parameters);
    }
  }

  /// Clients can connect here.
  ///
  /// @param address an IP address, or the path of a Unix socket
  record Listening(String address, int port) implements PostmasterEvent {}

  record SharedMemoryInitialized(
      long totalBytes, long sharedBuffersBytes, long walBuffersBytes, int maxConnections)
      implements PostmasterEvent {}

  /// Somebody asked the cluster to stop.
  ///
  /// @param requestedBy who asked: a signal's name, or `pg_ctl`, `dashboard`, ...
  record ShutdownRequested(ShutdownMode mode, @Nullable String requestedBy)
      implements PostmasterEvent {}

  /// The last event of an orderly stop.
  ///
  /// @param mode absent when the postmaster gave up by itself
  record Stopped(@Nullable ShutdownMode mode, int exitCode, double uptimeMs)
      implements PostmasterEvent {}
}
