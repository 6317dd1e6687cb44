package dev.lifeline.differential;

import dev.lifeline.utils.adt.BuiltinFunctions;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes single calls of every function, operator and cast that Lifeline has, with usual and with
/// strange arguments: here errors are wanted.
final class Probes {
  /// Types of arguments that stand for others.
  private static final Map<Integer, SqlType> POLYMORPHIC =
      Map.of(
          2276, SqlType.TEXT,
          2277, SqlType.INT4_ARRAY,
          2283, SqlType.INT4,
          2776, SqlType.INT4,
          5077, SqlType.INT4,
          5078, SqlType.INT4_ARRAY,
          5079, SqlType.INT4);

  /// What takes its time or memory from its arguments, or answers from the server's own state.
  private static final Set<String> LEFT_OUT =
      Set.of(
          "repeat",
          "lpad",
          "rpad",
          "pg_sleep_for",
          "factorial",
          "setseed",
          "array_fill",
          "transaction_timestamp",
          "statement_timestamp");

  private static final Pattern CAST_BEHIND = Pattern.compile("::[a-z0-9 \\[\\]()]+$");

  private static final Pattern STATE =
      Pattern.compile(
          "(pg_|regclass|has_|inet_|current_|to_reg|txid_|row_security|format_type|obj_|col_|shobj_"
              + "|getdatabaseencoding|session_|version|binary_|hash|numeric_power|power|xid|mxid"
              + "|now|.*cmp|lo_|ts_|be_|scalar|eqsel|neqsel|array_typanalyze).*");

  private static final List<String> CALLS = calls();

  private final Dice dice;

  Probes(Dice dice) {
    this.dice = dice;
  }

  /// Calls with gaps for their arguments.
  private static List<String> calls() {
    List<String> calls = new ArrayList<>();
    BootstrapCatalog.procs().stream()
        .filter(Probes::isWanted)
        .sorted(Comparator.comparingInt(PgProc::oid))
        .forEach(proc -> {
          List<String> gaps = proc.argTypes().stream().map(Probes::gap).toList();
          calls.add(proc.name() + "(" + String.join(", ", gaps) + ")");
        });
    BootstrapCatalog.operators().stream()
        .sorted(Comparator.comparingInt(PgOperator::oid))
        .forEach(operator -> addOperator(operator, calls));
    return calls;
  }

  private static boolean isWanted(PgProc proc) {
    return proc.kind() == 'f'
        && !proc.returnsSet()
        && !proc.isVolatile()
        && BuiltinFunctions.table().find(proc.source()) != null
        && proc.argTypes().stream().allMatch(Probes::isKnown)
        && !LEFT_OUT.contains(proc.name())
        && !STATE.matcher(proc.name()).matches();
  }

  private static void addOperator(PgOperator operator, List<String> calls) {
    PgProc proc = BootstrapCatalog.proc(operator.proc());
    if (proc == null || BuiltinFunctions.table().find(proc.source()) == null) {
      return;
    }
    boolean binary = operator.kind() == 'b';
    if (operator.name().equals("^") || (binary && !isKnown(operator.leftType()))) {
      return;
    }
    if (isKnown(operator.rightType())) {
      calls.add(
          "("
              + (binary ? gap(operator.leftType()) + " " : "")
              + operator.name()
              + " "
              + gap(operator.rightType())
              + ")");
    }
  }

  private static boolean isKnown(int type) {
    return SqlType.byOid(type) != null || POLYMORPHIC.containsKey(type);
  }

  private static String gap(int oid) {
    SqlType type = SqlType.byOid(oid);
    SqlType shown = type == null ? POLYMORPHIC.getOrDefault(oid, SqlType.TEXT) : type;
    return "{" + shown.name().toLowerCase(Locale.ROOT) + "}";
  }

  Generated probe() {
    int choice = dice.below(100);
    if (choice < 75) {
      String call = dice.pick(CALLS);
      String sql = Templates.fill(call, gap -> argument(Templates.type(gap.name())));
      return Generated.probe("call " + call, "SELECT " + sql);
    }
    SqlType from = dice.pick(List.of(SqlType.values()));
    SqlType to = dice.pick(List.of(SqlType.values()));
    String value = from.anyLiteral(dice);
    if (choice < 88) {
      return Generated.probe(
          "cast " + from + " to " + to, "SELECT CAST(" + value + " AS " + to.sqlName() + ")");
    }
    String text =
        value.startsWith("'") ? CAST_BEHIND.matcher(value).replaceFirst("") : "'" + value + "'";
    return Generated.probe("input of " + to, "SELECT " + text + "::" + to.sqlName());
  }

  private String argument(SqlType type) {
    return dice.percent(4) ? "NULL::" + type.sqlName() : type.anyLiteral(dice);
  }
}
