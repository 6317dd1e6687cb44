package dev.lifeline.parser;

import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.utils.error.PgException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Compares what Lifeline's parser says of statements with what the judge says.
final class Comparison {
  private final Judge judge;

  /// Statements on which the two may differ, each with its reason.
  private final Map<String, String> allowed;

  private final List<String> differences = new ArrayList<>();
  private int accepted;
  private int refused;

  Comparison(Judge judge, Map<String, String> allowed) {
    this.judge = judge;
    this.allowed = allowed;
  }

  List<String> differences() {
    return differences;
  }

  int accepted() {
    return accepted;
  }

  int refused() {
    return refused;
  }

  private record Own(@Nullable List<RawStmt> trees, @Nullable String error, int position) {}

  private static Own parse(String sql) {
    try {
      return new Own(Parser.parse(sql), null, -1);
    } catch (PgException e) {
      return new Own(null, e.message(), characters(sql, e.location()));
    }
  }

  /// The judge counts characters from 0, and gives 0 where there is no place.
  private static int characters(String sql, int location) {
    if (location <= 0) {
      return 0;
    }
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    String before = new String(bytes, 0, location, StandardCharsets.UTF_8);
    return before.codePointCount(0, before.length());
  }

  /// The same verdict, and the same message at the same place.
  void verdicts(List<String> statements) {
    List<Judge.Verdict> verdicts = judge.askAll(statements);
    for (int i = 0; i < statements.size(); i++) {
      String sql = statements.get(i);
      Judge.Verdict verdict = verdicts.get(i);
      if (verdict.accepted()) {
        accepted++;
      } else {
        refused++;
      }
      Own own = parse(sql);
      boolean same =
          Objects.equals(own.error(), verdict.error())
              && (own.error() == null || own.position() == verdict.position());
      if (!same && !allowed.containsKey(sql)) {
        differences.add(
            sql
                + "\n    ours:  "
                + own.error()
                + " @"
                + own.position()
                + "\n    judge: "
                + verdict.error()
                + " @"
                + verdict.position());
      }
    }
  }

  /// What is printed of a statement's tree has the same tree as the statement.
  void printed(List<String> statements) {
    List<String> originals = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    for (String sql : statements) {
      List<RawStmt> trees = parse(sql).trees();
      if (trees != null && !trees.isEmpty() && !allowed.containsKey(sql)) {
        originals.add(sql);
        printed.add(TreePrinter.print(trees));
      }
    }
    List<Judge.Verdict> expected = judge.askAll(originals);
    List<Judge.Verdict> actual = judge.askAll(printed);
    for (int i = 0; i < originals.size(); i++) {
      accepted++;
      if (!Objects.equals(expected.get(i).tree(), actual.get(i).tree())) {
        differences.add(
            originals.get(i)
                + "\n    printed: "
                + printed.get(i)
                + "\n    error:   "
                + actual.get(i).error()
                + "\n    tree:    "
                + firstDifference(expected.get(i).tree(), actual.get(i).tree()));
      }
    }
  }

  private static String firstDifference(@Nullable String expected, @Nullable String actual) {
    if (expected == null || actual == null) {
      return "";
    }
    int i = 0;
    while (i < Math.min(expected.length(), actual.length())
        && expected.charAt(i) == actual.charAt(i)) {
      i++;
    }
    int from = Math.max(0, i - 80);
    return expected.substring(from, Math.min(expected.length(), i + 120))
        + "\n         not: "
        + actual.substring(from, Math.min(actual.length(), i + 120));
  }
}
