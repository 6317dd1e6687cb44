package dev.lifeline.postmaster;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import org.jspecify.annotations.Nullable;

/// How a process ended.
///
/// @param code 0 in good order, 1 after a FATAL error, 2 when it was told to quit at once
/// @param signal the signal that killed it, or 0
/// @param error what it died of, where it crashed
public record ExitStatus(int code, int signal, @Nullable Throwable error) {
  private static final int SIGABRT = 6;
  private static final int SIGKILL = 9;

  public static final ExitStatus OK = new ExitStatus(0, 0, null);
  public static final ExitStatus FATAL = new ExitStatus(1, 0, null);
  public static final ExitStatus QUIT = new ExitStatus(2, 0, null);

  /// Ended by itself.
  public static ExitStatus of(int code) {
    return code == 0 ? OK : new ExitStatus(code, 0, null);
  }

  /// Ended by an error that nobody expected, as a PostgreSQL process aborts.
  public static ExitStatus crashed(Throwable error) {
    return new ExitStatus(134, SIGABRT, error);
  }

  /// Ended by an error that it has told: code 1, or a crash where the error is no PostgreSQL error
  /// or is a PANIC.
  public static ExitStatus failed(Throwable error) {
    boolean told = error instanceof PgException e && e.severity() != Severity.PANIC;
    return told ? new ExitStatus(1, 0, error) : crashed(error);
  }

  /// Ended from outside.
  public static ExitStatus killed(@Nullable Throwable error) {
    return new ExitStatus(137, SIGKILL, error);
  }

  boolean aborted() {
    return signal == SIGABRT;
  }

  public boolean inGoodOrder() {
    return signal == 0 && code <= 1;
  }

  /// As the server log ends its sentence about it.
  public String words() {
    return switch (signal) {
      case 0 -> "exited with exit code " + code;
      case SIGABRT -> "was terminated by signal 6: Aborted";
      case SIGKILL -> "was terminated by signal 9: Killed";
      default -> "was terminated by signal " + signal;
    };
  }
}
