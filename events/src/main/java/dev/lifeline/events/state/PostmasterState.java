package dev.lifeline.events.state;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The supervisor.
///
/// @param pid 0 before the first start
/// @param state its state machine's state, e.g. `PM_RUN`; `stopped` when it is not running
/// @param stateSince when it got there
/// @param startedAt when this run began
/// @param shutdownMode the shutdown that is under way, or that ended the run
/// @param listening where clients can connect, as `address:port`
/// @param sharedMemoryBytes the size of the shared memory of this run
public record PostmasterState(
    int pid,
    String state,
    @Nullable Instant stateSince,
    @Nullable Instant startedAt,
    @Nullable String version,
    @Nullable String serverVersion,
    @Nullable String dataDirectory,
    @Nullable ShutdownMode shutdownMode,
    List<String> listening,
    long sharedMemoryBytes) {

  /// The state of a postmaster that is not running.
  public static final String STOPPED = "stopped";

  static final PostmasterState NEVER_STARTED =
      new PostmasterState(0, STOPPED, null, null, null, null, null, null, List.of(), 0);

  public PostmasterState {
    listening = List.copyOf(listening);
  }

  PostmasterState withState(String to, Instant at) {
    return new PostmasterState(
        pid,
        to,
        at,
        startedAt,
        version,
        serverVersion,
        dataDirectory,
        shutdownMode,
        listening,
        sharedMemoryBytes);
  }

  PostmasterState withShutdown(@Nullable ShutdownMode mode) {
    return new PostmasterState(
        pid,
        state,
        stateSince,
        startedAt,
        version,
        serverVersion,
        dataDirectory,
        mode,
        listening,
        sharedMemoryBytes);
  }

  PostmasterState withListening(List<String> addresses) {
    return new PostmasterState(
        pid,
        state,
        stateSince,
        startedAt,
        version,
        serverVersion,
        dataDirectory,
        shutdownMode,
        addresses,
        sharedMemoryBytes);
  }

  PostmasterState withSharedMemory(long bytes) {
    return new PostmasterState(
        pid,
        state,
        stateSince,
        startedAt,
        version,
        serverVersion,
        dataDirectory,
        shutdownMode,
        listening,
        bytes);
  }
}
