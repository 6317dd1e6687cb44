package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What is read without picocli is read as picocli reads it.
final class RunArgumentsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "run --demo",
        "run --no-banner -D /data/one",
        "run -D one -D two -c a=1 -c b=2 -c a=3",
        "run -p 5433 -h localhost,::1 -k /tmp --demo",
        "run -D data --no-banner -c lifeline.dashboard_port=0 -p 1 -p 2",
      })
  void asPicocli(String line) {
    String[] args = line.split(" ");
    RunCommand read = RunArguments.parse(args);
    assertNotNull(read);
    CommandLine picocli = new CommandLine(new Commands()).setOverwrittenOptionsAllowed(true);
    picocli.parseArgs(args);
    RunCommand expected = Objects.requireNonNull(picocli.getSubcommands().get("run")).getCommand();
    assertEquals(expected.options.settings(), read.options.settings());
    assertEquals(
        expected.options.dataDirectory(Map.of("PGDATA", "/elsewhere")).path(),
        read.options.dataDirectory(Map.of("PGDATA", "/elsewhere")).path());
    assertEquals(expected.demo, read.demo);
    assertEquals(expected.noBanner, read.noBanner);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "start -D data",
        "--version",
        "run --help",
        "run -D",
        "run -c",
        "run -D -c a=1",
        "run -Ddata",
        "run -D=data",
        "run @options",
        "run -D @options",
        "run --nonsense",
        "run data",
      })
  void leavesTheRestToPicocli(String line) {
    assertNull(RunArguments.parse(line.split(" ")));
    assertNull(RunArguments.parse());
  }

  /// An option that is added to the command, and that nobody thought of here.
  @Test
  void knowsEveryFlag() {
    Set<String> known = new TreeSet<>(List.of("--demo", "--no-banner", "--help", "-c"));
    known.addAll(RunArguments.WITH_VALUE);
    Set<String> all = new TreeSet<>();
    Objects.requireNonNull(new CommandLine(new Commands()).getSubcommands().get("run"))
        .getCommandSpec()
        .options()
        .forEach(option -> all.addAll(List.of(option.names())));
    assertEquals(known, all);
  }
}
