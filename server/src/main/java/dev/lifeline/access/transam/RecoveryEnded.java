package dev.lifeline.access.transam;

/// Recovery ends here and the server does not come up, without an error of its own: the startup
/// process exits with this code.
public final class RecoveryEnded extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// The target was reached and `recovery_target_action` is `shutdown`.
  public static final int AT_TARGET = 3;

  /// A command of the recovery got SIGTERM, as its whole process group does when the machine stops.
  public static final int TERMINATED = 1;

  private final int exitCode;

  RecoveryEnded(int exitCode) {
    super("recovery ended with exit code " + exitCode, null, false, false);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
