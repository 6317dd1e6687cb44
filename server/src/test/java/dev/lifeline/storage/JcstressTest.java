package dev.lifeline.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the races of `src/jcstress` under jcstress: nothing that is forbidden may be seen, and each
/// planted defect must be. `-Dlifeline.jcstress.ms=10000` gives each race more time.
class JcstressTest {
  private static final int MS = Integer.getInteger("lifeline.jcstress.ms", 200);

  /// The threads of a race share the machine with others: a defect may need more than one look.
  private static final int LOOKS_MAX = 5;

  private static final long RUN_SECONDS_MAX = 300;
  private static final Pattern PLANNED = Pattern.compile("\\(Results: (\\d+) planned; (\\d+) pass");
  private static final Pattern FAILED = Pattern.compile("\\[FAILED] (\\S+)");

  @TempDir Path dir;

  private record Run(int exitCode, String output) {
    /// The races that have seen what is forbidden.
    Set<String> failed() {
      Set<String> names = new TreeSet<>();
      Matcher matcher = FAILED.matcher(output);
      while (matcher.find()) {
        names.add(shortName(matcher.group(1)));
      }
      return names;
    }

    /// Without the package.
    private static String shortName(String name) {
      return name.replaceFirst("^.*\\.(?=[^.]+\\.[^.]+$)", "");
    }
  }

  /// Two processors, one small JVM at a time for each pair of actors.
  private Run jcstress(String races) throws IOException, InterruptedException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path output = Files.createTempFile(dir, "jcstress", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", path, "org.openjdk.jcstress.Main", "-t", races));
    command.addAll(List.of("-m", "quick", "-f", "1", "-fsm", "0", "-iters", "1", "-c", "2"));
    command.addAll(List.of("-time", Integer.toString(MS), "-sc", "false", "-af", "NONE"));
    command.addAll(List.of("-spinStyle", "THREAD_YIELD", "-r", dir + "/"));
    command.addAll(
        List.of("-jvmArgs", "--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx256m"));
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertTrue(ended, text);
    return new Run(process.exitValue(), text);
  }

  @Test
  void nothingForbiddenHappens() throws Exception {
    Run run = jcstress("Stress\\.(?!Mutant)");
    assertEquals(0, run.exitCode, run.output);
    Matcher last = PLANNED.matcher(run.output);
    String planned = "";
    String passed = "none";
    while (last.find()) {
      planned = last.group(1);
      passed = last.group(2);
    }
    assertEquals(planned, passed, run.output);
  }

  @Test
  void eachPlantedDefectIsSeen() throws Exception {
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                "LatchStress.MutantThatLooksFirst",
                "BufferPinStress.MutantInTwoSteps",
                "BufferPinStress.MutantWithoutTheLatch",
                "WalInsertStress.MutantReservation",
                "FastPathStress.MutantThatLooksFirst"));
    for (int look = 0; look < LOOKS_MAX && !missing.isEmpty(); look++) {
      Run run = jcstress(String.join("|", missing).replace(".", "\\."));
      assertEquals(run.failed().isEmpty(), run.exitCode == 0, run.output);
      missing.removeAll(run.failed());
    }
    assertEquals(Set.of(), missing);
  }
}
