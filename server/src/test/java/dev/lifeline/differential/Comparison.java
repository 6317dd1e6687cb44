package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/// Says in which way two answers to a statement differ.
final class Comparison {
  private static final Pattern DECIMAL = Pattern.compile("-?\\d+\\.\\d+");

  private Comparison() {}

  /// The difference in a few words, or an empty text: what one said and what the other did.
  static String of(Generated statement, Answer reference, Answer lifeline) {
    if (reference.failed() || lifeline.failed()) {
      return ofErrors(statement, reference, lifeline);
    }
    if (!reference.tags().equals(lifeline.tags())) {
      return reference.tags() + " => " + lifeline.tags();
    }
    if (!sameColumns(reference.columns(), lifeline.columns())) {
      return "columns " + reference.columns() + " => " + lifeline.columns();
    }
    if (statement.shape().startsWith("mistake")) {
      return "";
    }
    if (!sameRows(statement, reference, lifeline)) {
      return "rows => other rows";
    }
    return keys(statement, reference).equals(keys(statement, lifeline))
        ? ""
        : "rows => rows in another order";
  }

  /// Which one of several equal values a group shows is open, and so how many digits that has.
  private static boolean sameRows(Generated statement, Answer reference, Answer lifeline) {
    if (sorted(reference.rows()).equals(sorted(lifeline.rows()))) {
      return true;
    }
    boolean exact = statement.strict() || statement.shape().equals("plain");
    return !exact
        && sorted(withoutScale(reference.rows())).equals(sorted(withoutScale(lifeline.rows())));
  }

  private static List<List<String>> withoutScale(List<List<String>> rows) {
    return rows.stream().map(row -> row.stream().map(Comparison::withoutScale).toList()).toList();
  }

  private static String withoutScale(String value) {
    return DECIMAL.matcher(value).matches() ? value.replaceFirst("\\.?0+$", "") : value;
  }

  /// PostgreSQL tells the type modifier of what planning has left of an expression (of the only
  /// branch of a CASE that can be taken, for example); Lifeline that of the expression, so none.
  private static boolean sameColumns(List<String> reference, List<String> lifeline) {
    if (reference.size() != lifeline.size()) {
      return false;
    }
    for (int i = 0; i < reference.size(); i++) {
      String own = lifeline.get(i);
      String theirs = reference.get(i);
      boolean same =
          own.endsWith(" -1")
              ? own.equals(theirs.substring(0, theirs.lastIndexOf(' ')) + " -1")
              : own.equals(theirs);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static String ofErrors(Generated statement, Answer reference, Answer lifeline) {
    boolean same =
        statement.strict()
            ? reference.error().equals(lifeline.error())
            : reference.sqlState().equals(lifeline.sqlState());
    return same ? "" : outcome(reference) + " => " + outcome(lifeline);
  }

  private static String outcome(Answer answer) {
    return answer.failed() ? answer.error() : "ok";
  }

  private static List<List<String>> sorted(List<List<String>> rows) {
    List<List<String>> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(List::toString));
    return sorted;
  }

  private static List<List<String>> keys(Generated statement, Answer answer) {
    return answer.rows().stream()
        .map(
            row -> statement.sorted().stream().map(row::get).map(Comparison::withoutScale).toList())
        .toList();
  }
}
