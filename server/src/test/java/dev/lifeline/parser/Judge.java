package dev.lifeline.parser;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// PostgreSQL's own grammar, in a Node process: `libpg_query` compiled to WASM, from npm.
final class Judge implements AutoCloseable {
  /// What it says of a statement: a tree, or an error with its place in characters from 0. It says
  /// 0 also where there is no place.
  record Verdict(@Nullable String tree, @Nullable String error, int position) {
    boolean accepted() {
      return tree != null;
    }
  }

  private static final int IN_FLIGHT_MAX = 64;

  private final BufferedWriter in;
  private final BufferedReader out;

  private Judge(Process process) {
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Starts it; where there is no Node, the test is skipped and says so.
  static Judge start() throws IOException, InterruptedException {
    Path directory = installed();
    return new Judge(
        new ProcessBuilder("node", "judge.js")
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /// The folder with the script and its packages; they are fetched from npm once.
  private static Path installed() throws IOException, InterruptedException {
    Assumptions.assumeTrue(runs("node", "--version"), "Node 20 is not installed");
    Path sources = Path.of("src/test/node");
    if (!Files.exists(sources)) {
      sources = Path.of("server/src/test/node");
    }
    Path directory = sources.resolve("../../../target/parser-judge").toAbsolutePath().normalize();
    Files.createDirectories(directory);
    Path lock = directory.resolve("package-lock.json");
    boolean fresh =
        Files.exists(directory.resolve("node_modules/libpg-query"))
            && Files.exists(lock)
            && Files.mismatch(lock, sources.resolve("package-lock.json")) == -1;
    for (String file : List.of("package.json", "package-lock.json", "judge.js")) {
      Files.copy(
          sources.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!fresh) {
      File log = directory.resolve("npm.log").toFile();
      Process npm =
          new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log)
              .start();
      if (npm.waitFor() != 0) {
        throw new IOException("npm ci failed: " + Files.readString(log.toPath()));
      }
    }
    return directory;
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  Verdict ask(String sql) {
    return askAll(List.of(sql)).get(0);
  }

  /// The verdicts in the order of the statements.
  List<Verdict> askAll(List<String> statements) {
    List<Verdict> verdicts = new ArrayList<>(statements.size());
    try {
      int asked = 0;
      while (verdicts.size() < statements.size()) {
        while (asked < statements.size() && asked - verdicts.size() < IN_FLIGHT_MAX) {
          in.write(new JsonObject().put("sql", statements.get(asked++)).encode());
          in.write('\n');
        }
        in.flush();
        String line = out.readLine();
        if (line == null) {
          throw new IllegalStateException("the judge died at: " + statements.get(verdicts.size()));
        }
        JsonObject answer = new JsonObject(line);
        verdicts.add(
            new Verdict(
                answer.getString("tree"),
                answer.getString("error"),
                answer.getInteger("position", -1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return verdicts;
  }

  /// Without input it ends by itself.
  @Override
  public void close() throws IOException {
    in.close();
  }
}
