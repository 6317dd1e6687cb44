package dev.lifeline.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A server as its `postmaster.pid` tells of it, to another process.
///
/// @param lines of the file
record RunningServer(long pid, List<String> lines) {
  private static final int LINE_STATUS = 7;

  /// The server whose lock file is in a data directory, whether it is alive or not.
  static Optional<RunningServer> find(Path dataDirectory) throws IOException {
    try {
      List<String> lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(new RunningServer(Long.parseLong(lines.get(0).strip()), lines));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  boolean alive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /// `starting`, `ready`, `stopping`, or nothing yet.
  String status() {
    return lines.size() > LINE_STATUS ? lines.get(LINE_STATUS).strip() : "";
  }

  /// Sends a signal. The JDK can send SIGTERM and SIGKILL only.
  void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("could not send signal " + name + " to PID " + pid);
    }
  }
}
