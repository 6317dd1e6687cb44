package dev.lifeline.main;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A story of a real PostgreSQL 15 and of Lifeline: an archive, a base copy made by `cp` while rows
/// are inserted, an accident, and recoveries to the moment before it and to others. Both servers
/// must say the same in the same order, and their clients must see the same, but for what
/// `recovery-differences.txt` lists.
class PointInTimeRecoveryTest {
  @TempDir private Path dir;

  private static CompletableFuture<Map<String, List<String>>> run(
      ReferenceServer server, String own) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new RecoveryStory(server, own).run();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        ReferenceScript.THREADS);
  }

  @Test
  void recoversToTheMomentBeforeTheAccident() throws Exception {
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        ReferenceServer lifeline = ReferenceServer.lifeline(dir)) {
      // Sessions that read while a recovery goes on are not what is compared.
      CompletableFuture<Map<String, List<String>>> reference = run(postgres, "hot_standby = off");
      Map<String, List<String>> actual = run(lifeline, "").get();
      Map<String, List<String>> expected = reference.get();
      ReferenceLogTest.dump(postgres, expected);
      ReferenceLogTest.dump(lifeline, actual);
      ReferenceLogTest.assertDifferences(
          "recovery-differences.txt", comparable(expected), comparable(actual));
    }
  }

  /// Without what depends on the moment: how many segments the archive has got, which is a matter
  /// of how fast the rows came, and how far the recovery is that is killed.
  private static Map<String, List<String>> comparable(Map<String, List<String>> steps) {
    Map<String, List<String>> result = new LinkedHashMap<>();
    steps.forEach((step, lines) ->
        result.put(step, lines.stream().filter(line -> !isOfTheMoment(step, line)).toList()));
    return result;
  }

  private static boolean isOfTheMoment(String step, String line) {
    return line.contains("restored log file SEGMENT")
        || (Set.of("killed", "started after it").contains(step)
            && (line.contains("completed backup recovery")
                || line.contains("consistent recovery state reached")));
  }
}
