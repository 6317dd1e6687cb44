package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import java.io.PrintStream;

/// The program.
///
/// It knows nothing of picocli, and neither does what a server is started with: those classes are
/// of a format that the JVM cannot keep in its cache, and reading them took a third of a start. See
/// [RunArguments].
public final class Main {
  /// What the command line is told when something is wrong: PostgreSQL's programs exit with 1.
  static final int EXIT_FAILURE = 1;

  private Main() {}

  /// Runs the command and exits with its code.
  public static void main(String[] args) {
    // Libraries that log by themselves must not write into the server log; what they have to say is
    // told by the publishers' own states. The JDK's logging is not even set up until one of them
    // asks.
    System.setProperty("java.util.logging.config.class", SilentLogging.class.getName());
    System.exit(execute(args));
  }

  /// Runs a command and returns its exit code.
  static int execute(String... args) {
    RunCommand run = RunArguments.parse(args);
    if (run == null) {
      return Commands.execute(args);
    }
    try {
      return run.call();
    } catch (Exception e) {
      return fail(e);
    }
  }

  static int fail(Exception error) {
    if (error instanceof PgException e) {
      tell(System.err, e);
    } else {
      // A defect: whoever reports it needs the stack.
      error.printStackTrace(System.err);
    }
    return EXIT_FAILURE;
  }

  /// Prints an error as PostgreSQL's programs do.
  static void tell(PrintStream out, PgException error) {
    out.println("lifeline: " + error.severity() + ":  " + error.message());
    if (error.detail() != null) {
      out.println("DETAIL:  " + error.detail());
    }
    if (error.hint() != null) {
      out.println("HINT:  " + error.hint());
    }
  }
}
