package dev.lifeline.utils.adt;

/// What the server says that it is: the PostgreSQL whose behaviour it has.
public final class ServerVersion {
  /// `server_version`.
  public static final String VERSION = "15.18";

  /// `server_version_num`.
  public static final int NUMBER = 150_018;

  /// `version()`: begins as clients expect it, and says what it is.
  public static final String DESCRIPTION =
      "PostgreSQL " + VERSION + " (Lifeline) on " + System.getProperty("os.arch") + ", 64-bit";

  private ServerVersion() {}
}
