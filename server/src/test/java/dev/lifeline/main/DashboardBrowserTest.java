package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.BgWriterEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The dashboard in a real Chromium beside a real server and real psql sessions. What is done and
/// asserted is in `timeline.mjs` and `reading.mjs`, since a browser is driven from Node.
class DashboardBrowserTest {
  private static final long TIMEOUT_S = 300;

  @TempDir private Path dir;

  @Test
  void thePageTellsWhatHappens() throws Exception {
    play(
        "timeline.mjs",
        Map.of(),
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
            "light and dark, and nothing to complain of"));
  }

  @Test
  void whoeverReadsItCanReadAllOfIt() throws Exception {
    installed();
    Map<String, String> hole = logWithAHole();
    play(
        "reading.mjs",
        hole,
        List.of(
            "what is missing is shown",
            "the strip above leads anywhere",
            "everything without a mouse",
            "a table for who does not see the lanes",
            "as fast as it says",
            "locks, parameters and WAL as they were",
            "idle time is left out",
            "two readers, a laptop and a wall",
            "lanes tell what they are",
            "a worker crashes, and the way to its trace",
            "two crashes side by side"));
  }

  /// The log of a server that has run, and of a burst that was too much for its queue.
  private Map<String, String> logWithAHole() throws Exception {
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      assertEquals(0, server.stop("INT"), server.log());
    }
    Path data = dir.resolve("data");
    String first =
        JournalReader.of(data.resolve(Journal.DIRECTORY)).read(1, 1).getFirst().toString();
    Matcher key = Pattern.compile("\"partitionkey\":\"([0-9]+)\"").matcher(first);
    assertTrue(key.find(), first);
    JournalConfig config =
        JournalConfig.of(Long.parseUnsignedLong(key.group(1))).withQueueCapacity(2);
    try (Journal journal = Journal.open(data, config)) {
      Subject writer = new Subject("background writer", 1);
      while (journal.dropped() < 1_234) {
        journal.emit(writer, new BgWriterEvent.RoundCompleted(1, false, 0));
      }
      journal.flush().get();
      journal.emit(writer, new BgWriterEvent.RoundCompleted(2, false, 0));
      journal.flush().get();
      LineReader reader = new LineReader();
      Envelope hole = null;
      for (JournalLine line : journal.reader().read(1, Integer.MAX_VALUE)) {
        Envelope event = line.envelope(reader);
        hole = hole == null || event.dropped() > hole.dropped() ? event : hole;
      }
      assertNotNull(hole);
      return Map.of(
          "DROPPED", Long.toString(hole.dropped()),
          "DROPPED_AT", Long.toString(hole.sequence()),
          "DROPPED_IN_ALL", Long.toString(journal.dropped()));
    }
  }

  private void play(String script, Map<String, String> environment, List<String> parts)
      throws Exception {
    Path scripts = installed();
    Path screenshots = scripts.resolve("..").normalize();
    int dashboardPort = LifelineProcess.freePort();
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("data"),
            "-c",
            "lifeline.dashboard_port=" + dashboardPort,
            "-c",
            "lifeline.jaeger_url=http://jaeger.example")) {
      Path errors = dir.resolve("node.err");
      Path said = dir.resolve("node.out");
      ProcessBuilder node =
          new ProcessBuilder("node", script)
              .directory(scripts.toFile())
              .redirectOutput(said.toFile())
              .redirectError(errors.toFile());
      node.environment().putAll(environment);
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
          parts,
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
    for (String file :
        List.of(
            "package.json", "package-lock.json", "harness.mjs", "reading.mjs", "timeline.mjs")) {
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
