package dev.lifeline.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A run: rounds of statements, sent to both servers.
public final class Differential {
  private static final int STATEMENTS_PER_ROUND = 120;
  private static final List<String> SETTINGS =
      List.of(
          "DROP SCHEMA IF EXISTS differential CASCADE",
          "CREATE SCHEMA differential",
          "SET search_path = differential",
          "SET TimeZone = 'Europe/Berlin'",
          "SET statement_timeout = '10s'");

  /// Words of a message that belong to the statement, not to the kind of error.
  private static final Pattern OF_STATEMENT = Pattern.compile("\"[^\"]*\"|\\d+| at \\d+$");

  private final int referencePort;
  private final int lifelinePort;
  private final String database;
  private final KnownDifferences known;
  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private int statements;
  private int failed;

  public Differential(
      int referencePort, int lifelinePort, String database, KnownDifferences known) {
    this.referencePort = referencePort;
    this.lifelinePort = lifelinePort;
    this.database = database;
    this.known = known;
  }

  /// A kind of difference.
  ///
  /// @param count how often it was seen
  /// @param example what was seen first, with all that is needed to see it again
  public record Finding(String kind, int count, String example) {}

  /// Runs until so many statements were compared.
  public List<Finding> run(long seed, int count) throws IOException {
    for (long round = 0; statements < count; round++) {
      round(seed + round);
    }
    return List.copyOf(findings.values());
  }

  public int statements() {
    return statements;
  }

  /// How many of them both have refused.
  public int failed() {
    return failed;
  }

  private void round(long seed) throws IOException {
    try (Session reference = Session.connect(referencePort, database);
        Session lifeline = Session.connect(lifelinePort, database)) {
      for (String setting : SETTINGS) {
        reference.run(setting);
        Answer answer = lifeline.run(setting);
        if (answer.failed()) {
          throw new IllegalStateException(setting + ": " + answer.error());
        }
      }
      Round round = new Round(seed);
      List<String> before = new ArrayList<>();
      for (Generated statement : round.setup()) {
        if (!same(statement, reference, lifeline, seed, before)) {
          return;
        }
      }
      for (int i = 0; i < STATEMENTS_PER_ROUND; i++) {
        Generated statement = round.next();
        if (!same(statement, reference, lifeline, seed, before) && statement.changes()) {
          return;
        }
      }
      for (Generated statement : round.inventory()) {
        same(statement, reference, lifeline, seed, before);
      }
    }
  }

  private boolean same(
      Generated statement, Session reference, Session lifeline, long seed, List<String> before)
      throws IOException {
    reference.send(statement.sql());
    lifeline.send(statement.sql());
    Answer expected = reference.receive();
    Answer actual = lifeline.receive();
    statements++;
    failed += expected.failed() && actual.failed() ? 1 : 0;
    String difference = Comparison.of(statement, expected, actual);
    if (!difference.isEmpty() && !known.covers(statement, difference)) {
      found(statement, difference, expected, actual, seed, before);
    }
    if (statement.changes()) {
      before.add(statement.sql());
    }
    return difference.isEmpty();
  }

  private void found(
      Generated statement,
      String difference,
      Answer expected,
      Answer actual,
      long seed,
      List<String> before) {
    String kind =
        statement.shape().startsWith("mistake") || difference.contains("=> 0A000")
            ? OF_STATEMENT.matcher(difference).replaceAll("_")
            : statement.shape() + ": " + OF_STATEMENT.matcher(difference).replaceAll("_");
    Finding seen = findings.get(kind);
    if (seen != null) {
      findings.put(kind, new Finding(kind, seen.count() + 1, seen.example()));
      return;
    }
    StringBuilder example = new StringBuilder("-- seed " + seed + "\n");
    before.forEach(sql -> example.append(sql).append(";\n"));
    example.append("-- differs: ").append(statement.shape()).append('\n');
    example.append(statement.sql()).append(";\n-- ").append(difference).append('\n');
    if (!expected.rows().equals(actual.rows())) {
      append(example, "PostgreSQL", expected);
      append(example, "Lifeline", actual);
    }
    findings.put(kind, new Finding(kind, 1, example.toString()));
  }

  private static void append(StringBuilder example, String who, Answer answer) {
    example.append("-- ").append(who).append(", ").append(answer.rows().size()).append(" rows\n");
    answer.rows().stream()
        .limit(30)
        .forEach(row ->
            example
                .append("--   ")
                .append(row.toString().replace(Answer.NULL, "(null)").replace("\n", "\\n"))
                .append('\n'));
  }
}
