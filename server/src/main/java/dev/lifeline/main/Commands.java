package dev.lifeline.main;

import dev.lifeline.utils.guc.Gucs;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/// `lifeline`: the command line, by picocli.
@Command(
    name = "lifeline",
    description = "A PostgreSQL-compatible server whose life can be watched.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.VersionText.class,
    subcommands = {
      RunCommand.class,
      InitdbCommand.class,
      StartCommand.class,
      StopCommand.class,
      RestartCommand.class,
      ReloadCommand.class,
      StatusCommand.class,
      PromoteCommand.class,
      ObserveCommand.class,
      EventsCommand.class,
      CheckdbCommand.class,
      WaldumpCommand.class,
    })
final class Commands implements Runnable {
  private static final int EXIT_USAGE = 2;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  Commands() {}

  /// Runs a command and returns its exit code.
  static int execute(String... args) {
    CommandLine commandLine = new CommandLine(new Commands());
    // As PostgreSQL's: the last one counts.
    commandLine.setOverwrittenOptionsAllowed(true);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.registerConverter(Instant.class, Commands::time);
    commandLine.registerConverter(Pattern.class, Commands::regularExpression);
    commandLine.setExecutionExceptionHandler((error, command, parsed) -> Main.fail(error));
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

  /// What `--version` prints.
  static final class VersionText implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "lifeline " + Version.number() + " (PostgreSQL " + Gucs.SERVER_VERSION.bootValue() + ")"
      };
    }
  }
}
