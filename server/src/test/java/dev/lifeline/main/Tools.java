package dev.lifeline.main;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The real clients that the tests drive. `deploy/test-tools` fetches those that the machine lacks.
final class Tools {
  private static final long TIMEOUT_S = 120;

  private Tools() {}

  /// What a program printed, and how it ended.
  record Result(int exitCode, String out, String err) {
    String both() {
      return out + err;
    }
  }

  /// A directory that `deploy/test-tools` has filled.
  static Optional<Path> directory(String name) {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path directory = up.resolve(".lifeline/tools").resolve(name);
      if (Files.isDirectory(directory)) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  static Path find(String program) {
    return findOptional(program)
        .orElseThrow(
            () -> new IllegalStateException("no " + program + ": run deploy/test-tools first"));
  }

  /// A program that a test can do without, by being skipped.
  static Optional<Path> findOptional(String program) {
    List<Path> places = new ArrayList<>();
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      places.add(up.resolve(".lifeline/tools/bin"));
    }
    for (String part : System.getenv("PATH").split(":", -1)) {
      places.add(Path.of(part));
    }
    places.add(Path.of("/usr/lib/postgresql/15/bin"));
    return places.stream()
        .map(place -> place.resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Result run(String stdin, List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PGCONNECT_TIMEOUT", "20");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().remove("PGDATABASE");
    Process process = builder.start();
    var out = read(process.getInputStream());
    var err = read(process.getErrorStream());
    try (var in = process.getOutputStream()) {
      in.write(stdin.getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " does not end");
    }
    return new Result(process.exitValue(), out.join(), err.join());
  }

  private static java.util.concurrent.CompletableFuture<String> read(java.io.InputStream stream) {
    return java.util.concurrent.CompletableFuture.supplyAsync(() -> {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return e.toString();
      }
    });
  }

  /// psql as user postgres over TCP, without a startup file.
  static Result psql(LifelineProcess server, String database, String script, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                find("psql").toString(),
                "-X",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(server.port()),
                "-U",
                "postgres",
                "-d",
                database));
    command.addAll(List.of(more));
    return run(script, command);
  }

  static Result pgbench(LifelineProcess server, String database, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                find("pgbench").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(server.port()),
                "-U",
                "postgres"));
    command.addAll(List.of(more));
    command.add(database);
    return run("", command);
  }
}
