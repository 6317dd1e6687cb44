package dev.lifeline.main;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `-m`: how a server is to end.
final class ShutdownOption {
  /// The modes, and the signal that asks for each.
  enum Mode {
    SMART("TERM"),
    FAST("INT"),
    /// PostgreSQL's is SIGQUIT, which does the same ([QuitSignal]); but the JVM prints the stacks
    /// of its threads first.
    IMMEDIATE("USR1");

    private final String signal;

    Mode(String signal) {
      this.signal = signal;
    }

    String signal() {
      return signal;
    }
  }

  /// As `pg_ctl` reads it: the word or its first letter.
  static final class Reader implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String value) {
      for (Mode mode : Mode.values()) {
        String word = mode.name().toLowerCase(Locale.ROOT);
        if (value.equals(word) || value.equals(word.substring(0, 1))) {
          return mode;
        }
      }
      throw new TypeConversionException("unrecognized shutdown mode \"" + value + "\"");
    }
  }

  @Option(
      names = {"-m", "--mode"},
      paramLabel = "MODE",
      converter = Reader.class,
      description = {
        "\"smart\": quit after all clients have disconnected;",
        "\"fast\" (default): quit directly, with proper shutdown;",
        "\"immediate\": quit without complete shutdown, will lead to recovery on restart"
      })
  private Mode mode = Mode.FAST;

  Mode mode() {
    return mode;
  }
}
