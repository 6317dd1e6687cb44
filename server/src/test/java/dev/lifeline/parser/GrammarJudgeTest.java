package dev.lifeline.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PostgreSQL's own grammar judges Lifeline's: over statements that real clients send, over
/// statements of our own for every production, right and wrong, and over mutations of both.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrammarJudgeTest {
  private static final int MUTATIONS = Integer.getInteger("lifeline.test.mutations", 4000);

  private final List<String> clientStatements = clientStatements();
  private final List<String> ownStatements = lines("/parser/statements.txt");
  private final Map<String, String> allowed = allowedDifferences();
  private Judge judge;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    judge = Judge.start();
  }

  @AfterAll
  void stop() throws IOException {
    if (judge != null) {
      judge.close();
    }
  }

  static List<String> clientStatements() {
    return lines("/corpus/client-statements.ndjson").stream()
        .map(line -> new JsonObject(line).getString("sql"))
        .toList();
  }

  static List<String> lines(String resource) {
    try (InputStream in = GrammarJudgeTest.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      List<String> lines = new ArrayList<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("# "))
          .forEach(lines::add);
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A statement and, behind three dashes, the reason why Lifeline knows better.
  private static Map<String, String> allowedDifferences() {
    Map<String, String> allowed = new HashMap<>();
    for (String line : lines("/parser/differences.txt")) {
      String[] parts = line.split(" --- ", 2);
      allowed.put(parts[0], parts[1]);
    }
    return allowed;
  }

  private static void assertNone(List<String> differences, int of) {
    assertTrue(
        differences.isEmpty(),
        () ->
            differences.size()
                + " of "
                + of
                + " differ:\n"
                + String.join("\n", differences.subList(0, Math.min(70, differences.size()))));
  }

  @Test
  void clientStatementsHaveTheSameVerdict() {
    Comparison comparison = new Comparison(judge, Map.of());
    comparison.verdicts(clientStatements);
    assertNone(comparison.differences(), clientStatements.size());
  }

  @Test
  void ownStatementsHaveTheSameVerdict() {
    Comparison comparison = new Comparison(judge, allowed);
    comparison.verdicts(ownStatements);
    assertNone(comparison.differences(), ownStatements.size());
    assertTrue(comparison.accepted() > 600 && comparison.refused() > 300);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutationsHaveTheSameVerdictAndTree(long seed) {
    List<String> originals = new ArrayList<>(ownStatements);
    originals.addAll(clientStatements);
    List<String> mutations = new Mutations(originals, seed).next(MUTATIONS);
    Comparison comparison = new Comparison(judge, allowed);
    comparison.verdicts(mutations);
    comparison.printed(mutations);
    assertNone(comparison.differences(), mutations.size());
  }

  @Test
  void whatIsPrintedOfAClientStatementHasTheSameTree() {
    Comparison comparison = new Comparison(judge, Map.of());
    comparison.printed(clientStatements);
    assertNone(comparison.differences(), clientStatements.size());
    assertEquals(clientStatements.size(), comparison.accepted());
  }

  @Test
  void whatIsPrintedOfAnOwnStatementHasTheSameTree() {
    Comparison comparison = new Comparison(judge, allowed);
    comparison.printed(ownStatements);
    assertNone(comparison.differences(), ownStatements.size());
    assertTrue(comparison.accepted() > 600);
  }

  @Test
  void everyKeywordIsOfTheSameClass() {
    List<String> statements = new ArrayList<>();
    for (int token = Token.FIRST_KEYWORD; token <= Token.ZONE; token++) {
      String word = Keywords.name(token);
      statements.add("select 1 " + word);
      statements.add("select 1 as " + word);
      statements.add("select * from x." + word);
      statements.add("select * from " + word);
      statements.add("select * from a as " + word + ", b");
      statements.add("drop table " + word);
      statements.add("select " + word + "(1)");
      statements.add("select a::" + word);
      statements.add("create role " + word);
      statements.add("select " + word);
      statements.add("select " + word + ", 1");
      statements.add("create table t (" + word + " int)");
    }
    assertEquals(12 * (Token.ZONE - Token.FIRST_KEYWORD + 1), statements.size());
    Comparison comparison = new Comparison(judge, allowed);
    comparison.verdicts(statements);
    assertNone(comparison.differences(), statements.size());
  }
}
