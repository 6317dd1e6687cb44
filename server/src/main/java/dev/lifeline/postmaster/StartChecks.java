package dev.lifeline.postmaster;

import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;

/// What no server starts with, though every parameter by itself is well-formed.
public final class StartChecks {
  private StartChecks() {}

  /// Throws what is wrong.
  public static void check(ServerConfig config) {
    RecoveryParameters.target(config);
    PgArch.checkLibrary(config.get(Gucs.ARCHIVE_LIBRARY));
  }
}
