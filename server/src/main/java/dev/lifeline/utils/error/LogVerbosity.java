package dev.lifeline.utils.error;

/// `log_error_verbosity`: how much is told of a message.
public enum LogVerbosity {
  /// Without detail, hint and context.
  TERSE,
  DEFAULT,
  /// With the SQLSTATE.
  VERBOSE
}
