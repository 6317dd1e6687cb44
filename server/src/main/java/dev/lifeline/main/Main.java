package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.logging.LogManager;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/// `lifeline`: the command line.
@Command(
    name = "lifeline",
    description = "A PostgreSQL-compatible server whose life can be watched.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      InitdbCommand.class,
      StartCommand.class,
      StopCommand.class,
      RestartCommand.class,
      ReloadCommand.class,
      StatusCommand.class,
      PromoteCommand.class,
      EventsCommand.class,
      CheckdbCommand.class,
      WaldumpCommand.class,
    })
public final class Main implements Runnable {
  /// What the command line is told when something is wrong: PostgreSQL's programs exit with 1.
  static final int EXIT_FAILURE = 1;

  private static final int EXIT_USAGE = 2;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  Main() {}

  /// The program.
  public static void main(String[] args) {
    // Libraries that log by themselves must not write into the server log; what they have to say is
    // told by the publishers' own states.
    LogManager.getLogManager().reset();
    System.exit(execute(args));
  }

  /// Runs a command and returns its exit code.
  static int execute(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    // As PostgreSQL's: the last one counts.
    commandLine.setOverwrittenOptionsAllowed(true);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.registerConverter(Instant.class, Main::time);
    commandLine.registerConverter(Pattern.class, Main::regularExpression);
    commandLine.setExecutionExceptionHandler((error, command, parsed) -> fail(error));
    commandLine.setParameterExceptionHandler((error, rejected) -> {
      System.err.println("lifeline: " + error.getMessage());
      System.err.println(
          "Try \""
              + error.getCommandLine().getCommandSpec().qualifiedName()
              + " --help\" for more information.");
      return EXIT_USAGE;
    });
    return commandLine.execute(args);
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "\"" + text + "\" is not a time such as 2026-11-22T21:35:00Z");
    }
  }

  private static Pattern regularExpression(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException(
          "\"" + text + "\" is not a regular expression: " + e.getDescription());
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  private static int fail(Exception error) {
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
