package dev.lifeline.utils.activity;

import java.util.List;

/// Who knows the processes of the server.
@FunctionalInterface
public interface ServerActivity {
  /// There is no server around: the storage and the catalogs alone.
  ServerActivity NONE = List::of;

  /// The processes that are alive, but for the postmaster; from any thread.
  List<ProcessStatus> processes();

  /// The files that it is configured by.
  default ServerFiles files() {
    return ServerFiles.NONE;
  }
}
