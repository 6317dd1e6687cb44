package dev.lifeline.executor;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Locale;

/// The options of EXPLAIN.
///
/// @param analyze whether the statement is run, and what it did is shown beside what was expected
/// @param json whether the plan is shown as JSON rather than as text
public record ExplainOptions(
    boolean analyze, boolean costs, boolean timing, boolean summary, boolean json) {

  public static ExplainOptions of(List<DefElem> options) {
    boolean analyze = false;
    boolean costs = true;
    boolean json = false;
    Boolean timing = null;
    Boolean summary = null;
    for (DefElem option : options) {
      switch (option.defname()) {
        case "analyze" -> analyze = truth(option);
        case "costs" -> costs = truth(option);
        case "timing" -> timing = truth(option);
        case "summary" -> summary = truth(option);
        case "verbose" -> refuseIf(truth(option), "EXPLAIN (VERBOSE)");
        case "buffers" -> refuseIf(truth(option), "EXPLAIN (BUFFERS)");
        case "wal" -> refuseIf(truth(option), "EXPLAIN (WAL)");
        case "settings" -> refuseIf(truth(option), "EXPLAIN (SETTINGS)");
        case "format" -> json = isJson(option);
        default ->
            throw PgException.error(
                    SqlState.SYNTAX_ERROR, "unrecognized EXPLAIN option \"%s\"", option.defname())
                .at(option.location());
      }
    }
    if (timing != null && timing && !analyze) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "EXPLAIN option TIMING requires ANALYZE");
    }
    return new ExplainOptions(
        analyze,
        costs,
        timing == null ? analyze : timing,
        summary == null ? analyze : summary,
        json);
  }

  private static void refuseIf(boolean wanted, String what) {
    if (wanted) {
      throw PgException.notSupported(what);
    }
  }

  private static Node value(DefElem option) {
    Node arg = option.arg();
    if (arg instanceof AConst constant) {
      return constant.value();
    }
    return arg == null ? new Value.Bool(true) : arg;
  }

  private static boolean truth(DefElem option) {
    return switch (value(option)) {
      case Value.Bool bool -> bool.value();
      case Value.Int number when number.value() == 0 || number.value() == 1 -> number.value() == 1;
      case Value.Str string
          when List.of("true", "on").contains(string.value().toLowerCase(Locale.ROOT)) ->
          true;
      case Value.Str string
          when List.of("false", "off").contains(string.value().toLowerCase(Locale.ROOT)) ->
          false;
      default ->
          throw PgException.error(
              SqlState.SYNTAX_ERROR, "%s requires a Boolean value", option.defname());
    };
  }

  private static boolean isJson(DefElem option) {
    String format = value(option) instanceof Value.Str string ? string.value() : "";
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "text" -> false;
      case "json" -> true;
      case "xml", "yaml" -> throw PgException.notSupported("EXPLAIN (FORMAT " + format + ")");
      default ->
          throw PgException.error(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "unrecognized value for EXPLAIN option \"format\": \"%s\"",
                  format)
              .at(option.location());
    };
  }

  /// One column with the plan.
  public List<ResultColumn> resultColumns() {
    int type = json ? Types.JSON : Types.TEXT;
    return List.of(new ResultColumn("QUERY PLAN", 0, 0, type, -1, -1));
  }
}
