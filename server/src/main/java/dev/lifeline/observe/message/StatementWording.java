package dev.lifeline.observe.message;

import dev.lifeline.events.ServerEvent.Figure;
import dev.lifeline.events.StatementEvent;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Statements that took long, their plans, and what they spilled to disk.
final class StatementWording {
  private static final Pattern QUERY_TEXT =
      Pattern.compile(
          "Query Text: (.*?)\n(?:Query Parameters: .*?\n)?(?=\\S.*\\(cost=|\\S.*  \\().*",
          Pattern.DOTALL);

  private StatementWording() {}

  static void addTo(Rules rules) {
    rules
        .on(
            "duration: ([\\d.]+) ms  (?:statement|execute [^:]*): (.*)",
            (line, text) -> {
              line.tell(
                  completed(line, text.group(2), text.group(1)), Redaction.trace(text.group(2)));
              return true;
            })
        .on("duration: ([\\d.]+) ms  plan:\n(.*)", StatementWording::planned)
        .keep(
            "duration",
            "duration: ([\\d.]+) ms(?:  (parse|bind|fastpath function call).*)?",
            "duration_ms",
            "message")
        .keep("temporary_file", "temporary file: path \"(.+)\", size (\\d+)", "path", "size_bytes")
        .on("statement: (.*)", (line, text) -> statement(line, text.group(1)))
        .on("execute [^:]*: (.*)", (line, text) -> statement(line, text.group(1)))
        .on("fastpath function call: .*", (line, text) -> statement(line, ""));
  }

  /// A statement that `log_statement` logs when it begins.
  private static boolean statement(Line line, String statement) {
    line.keep("statement", "summary", line.redaction.summary(statement));
    return true;
  }

  private static StatementEvent.Completed completed(Line line, String statement, String ms) {
    return new StatementEvent.Completed(
        line.record.queryId(),
        line.redaction.summary(statement),
        line.redaction.query(statement),
        line.record.user(),
        line.record.dbname(),
        0,
        Double.parseDouble(ms),
        null,
        List.of());
  }

  /// What `auto_explain` says: the statement once more, and its plan.
  private static boolean planned(Line line, Matcher text) {
    Matcher query = QUERY_TEXT.matcher(text.group(2));
    String statement = query.matches() ? query.group(1) : "";
    line.tell(completed(line, statement, text.group(1)), Redaction.trace(statement));
    line.also(
        line.subject,
        line.logged(
            "plan",
            List.of(
                new Figure("duration_ms", text.group(1)),
                new Figure("plan", line.redaction.plan(text.group(2))))));
    return true;
  }
}
