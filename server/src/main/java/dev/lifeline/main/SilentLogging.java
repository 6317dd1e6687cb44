package dev.lifeline.main;

import java.util.logging.LogManager;

/// The configuration of the JDK's logging, which makes one of these when somebody logs for the
/// first time: there is nowhere to log to.
public final class SilentLogging {
  /// Called by the JDK.
  public SilentLogging() {
    LogManager.getLogManager().reset();
  }
}
