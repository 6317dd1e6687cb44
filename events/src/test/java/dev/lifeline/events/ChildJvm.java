package dev.lifeline.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A main class of the tests in a JVM of its own, to be killed as `kill -9` does.
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    output = process.inputReader(StandardCharsets.UTF_8);
  }

  public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    return start(main.getName(), List.of(), arguments);
  }

  public static ChildJvm start(String main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /// The next line that the child printed, null when it has ended.
  public @Nullable String readLine() throws IOException {
    return output.readLine();
  }

  /// Waits for a line; fails when the child ends without it.
  public void await(String line) throws IOException {
    for (String read = readLine(); read != null; read = readLine()) {
      if (read.contains(line)) {
        return;
      }
    }
    throw new IOException("the child ended without saying \"" + line + "\"");
  }

  /// Kills it. What it printed before can still be read.
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly(); // the Process itself would close the pipe with it
    process.waitFor();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
