package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The dashboard in a real Chromium beside a real server and real psql sessions. What is done and
/// asserted is in `timeline.mjs`, since a browser is driven from Node.
class DashboardBrowserTest {
  private static final long TIMEOUT_S = 300;

  @TempDir private Path dir;

  @Test
  void thePageTellsWhatHappens() throws Exception {
    Path script = installed();
    Path screenshots = script.resolve("..").normalize();
    int dashboardPort = LifelineProcess.freePort();
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("data"), "-c", "lifeline.dashboard_port=" + dashboardPort)) {
      Path errors = dir.resolve("node.err");
      Path said = dir.resolve("node.out");
      ProcessBuilder node =
          new ProcessBuilder("node", "timeline.mjs")
              .directory(script.toFile())
              .redirectOutput(said.toFile())
              .redirectError(errors.toFile());
      node.environment()
          .putAll(
              Map.of(
                  "DASHBOARD_URL",
                  "http://127.0.0.1:" + dashboardPort + "/",
                  "TOKEN_FILE",
                  dir.resolve("data").resolve("dashboard.token").toString(),
                  "CHROMIUM",
                  Tools.find("chromium").toString(),
                  "PSQL",
                  Tools.find("psql").toString(),
                  "PG_PORT",
                  Integer.toString(server.port()),
                  "SCREENSHOT_DIR",
                  screenshots.toString(),
                  "LC_ALL",
                  "C.UTF-8"));
      Process process = node.start();
      boolean ended = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }

      String error = Files.readString(errors, StandardCharsets.UTF_8);
      assertEquals(
          List.of(
              "a session comes and goes",
              "new events are drawn at once",
              "a drill, its expected events, and the instant before it",
              "the chain of a crash and its critical path",
              "pause, play, speed, step",
              "four axes",
              "keys, wheel, palette",
              "filters",
              "two checkpoints side by side",
              "a note is an event",
              "exports",
              "a query is a lane",
              "a lost connection goes on without a gap",
              "light and dark, and nothing to complain of"),
          Files.readAllLines(said, StandardCharsets.UTF_8),
          error + (ended ? "" : "it did not end") + "\n" + server.log());
      assertEquals(0, process.exitValue(), error);
      assertEquals(0, server.stop("INT"), server.log());
    }
  }

  /// The folder with the script and its packages; they are fetched from npm once.
  private static Path installed() throws IOException, InterruptedException {
    Assumptions.assumeTrue(hasNode(), "Node 20 is not installed");
    Path sources = Path.of("src/test/node/dashboard");
    if (!Files.exists(sources)) {
      sources = Path.of("server/src/test/node/dashboard");
    }
    Path directory =
        sources.resolve("../../../../target/dashboard-browser").toAbsolutePath().normalize();
    Files.createDirectories(directory);
    Path lock = directory.resolve("package-lock.json");
    boolean fresh =
        Files.exists(directory.resolve("node_modules/playwright-core"))
            && Files.exists(lock)
            && Files.mismatch(lock, sources.resolve("package-lock.json")) == -1;
    for (String file : List.of("package.json", "package-lock.json", "timeline.mjs")) {
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

  private static boolean hasNode() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("node", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
