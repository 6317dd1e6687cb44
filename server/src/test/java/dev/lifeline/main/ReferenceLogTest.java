package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same configuration and the same script, a real PostgreSQL 15 and Lifeline: log messages,
/// SQLSTATEs and process types, line by line. What differs is listed, each with its reason, in
/// `log-differences.txt`; nothing else may, and nothing that is listed may have become the same.
class ReferenceLogTest {
  @TempDir private Path dir;

  @Test
  void lifelineSaysWhatPostgresqlSays() throws Exception {
    Map<String, List<String>> expected;
    Map<String, List<String>> actual;
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        ReferenceServer lifeline = ReferenceServer.lifeline(dir)) {
      CompletableFuture<Map<String, List<String>>> reference = run(postgres);
      actual = run(lifeline).get();
      expected = reference.get();
      dump(postgres, expected);
      dump(lifeline, actual);
    }

    assertDifferences("log-differences.txt", expected, actual);
  }

  /// Holds the differences against those that are listed in a file with their reasons.
  static void assertDifferences(
      String list, Map<String, List<String>> expected, Map<String, List<String>> actual)
      throws Exception {
    Set<String> differences = new TreeSet<>();
    expected.forEach((step, lines) ->
        differences.addAll(diff(step, lines, actual.getOrDefault(step, List.of()))));
    assertEquals(String.join("\n", new TreeSet<>(known(list))), String.join("\n", differences));
  }

  private static CompletableFuture<Map<String, List<String>>> run(ReferenceServer server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return ReferenceScript.run(server);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        ReferenceScript.THREADS);
  }

  /// For whoever wants to look, with `-Dlifeline.reference.keep=DIRECTORY`.
  static void dump(ReferenceServer server, Map<String, List<String>> steps) throws Exception {
    String keep = System.getProperty("lifeline.reference.keep");
    if (keep != null) {
      String name = String.valueOf(server.directory().getFileName());
      List<String> lines = new ArrayList<>();
      steps.forEach((step, of) -> {
        lines.add("== " + step);
        lines.addAll(of);
      });
      Files.write(Path.of(keep).resolve(name + ".txt"), lines);
      Files.write(Path.of(keep).resolve(name + ".raw"), server.log());
    }
  }

  /// The list without its reasons.
  private static List<String> known(String list) throws Exception {
    try (InputStream in = ReferenceLogTest.class.getResourceAsStream(list)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  /// The lines that only one of them has: `step - line` of PostgreSQL, `step + line` of Lifeline.
  private static List<String> diff(String step, List<String> a, List<String> b) {
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<String> differences = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        i++;
        j++;
      } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
        differences.add(step + " - " + a.get(i++));
      } else {
        differences.add(step + " + " + b.get(j++));
      }
    }
    return differences;
  }
}
