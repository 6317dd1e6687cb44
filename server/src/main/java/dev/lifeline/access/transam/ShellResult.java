package dev.lifeline.access.transam;

import org.jspecify.annotations.Nullable;

/// What a shell command's exit code means, in PostgreSQL's words.
public final class ShellResult {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;
  private static final int SIGNALLED = 128;
  private static final int SIGTERM = 15;

  private ShellResult() {}

  /// The command was ended from outside, or is none: that says nothing about what it was to do.
  public static boolean isFatal(int code) {
    return code >= NOT_EXECUTABLE;
  }

  static boolean isTerminated(int code) {
    return code == SIGNALLED + SIGTERM;
  }

  /// The signal that has ended it, by number and name; null where none has.
  public static @Nullable String signal(int code) {
    String name = signalName(code - SIGNALLED);
    return name.isEmpty() ? null : "%d: %s".formatted(code - SIGNALLED, name);
  }

  static String words(int code) {
    return switch (code) {
      case NOT_EXECUTABLE -> "command not executable";
      case NOT_FOUND -> "command not found";
      default -> {
        String signal = signal(code);
        yield signal == null
            ? "child process exited with exit code " + code
            : "child process was terminated by signal " + signal;
      }
    };
  }

  private static String signalName(int signal) {
    return switch (signal) {
      case 1 -> "Hangup";
      case 2 -> "Interrupt";
      case 3 -> "Quit";
      case 6 -> "Aborted";
      case 9 -> "Killed";
      case 11 -> "Segmentation fault";
      case 13 -> "Broken pipe";
      case SIGTERM -> "Terminated";
      default -> "";
    };
  }
}
