package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The range of an index that a pattern with a fixed beginning is looked for in: `t LIKE 'abc%'` is
/// `t >= 'abc' AND t < 'abd'`, and the pattern itself. Text compares bytewise here, so any index
/// will do.
final class PatternMatch {
  private PatternMatch() {}

  static List<Plan.IndexCondition> bounds(
      PlannerContext context, Expression condition, Expression keyExpr, int key) {
    if (!(condition instanceof OpExpr op)
        || op.args().size() != 2
        || (keyExpr.type() != Types.TEXT && keyExpr.type() != Types.VARCHAR)
        || !IndexMatch.isKey(op.args().getFirst(), keyExpr)) {
      return List.of();
    }
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    if (operator == null || !operator.name().equals("~~")) {
      return List.of();
    }
    if (op.args().getLast() instanceof Param) {
      context.noteLiteralsMatter();
      return List.of();
    }
    if (!(op.args().getLast() instanceof Const pattern)
        || !(pattern.value() instanceof Text text)) {
      return List.of();
    }
    byte[] prefix = prefix(text.toString());
    byte[] end = successor(prefix);
    Expression subject = op.args().getFirst();
    if (prefix.length == 0 || end == null) {
      return List.of();
    }
    return List.of(
        bound(subject, ">=", Plan.IndexCondition.Kind.GREATER_EQUAL, prefix, key),
        bound(subject, "<", Plan.IndexCondition.Kind.LESS, end, key));
  }

  /// What every match begins with.
  private static byte[] prefix(String pattern) {
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%' || c == '_') {
        break;
      }
      if (c == '\\') {
        i++;
        if (i == pattern.length()) {
          break;
        }
        c = pattern.charAt(i);
      }
      prefix.append(c);
    }
    return prefix.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The least text that is greater than all that begin with it: its last character, if that can be
  /// done without leaving ASCII, made the next one.
  private static byte @Nullable [] successor(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && (prefix[length - 1] < 0 || prefix[length - 1] == 0x7f)) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] end = Arrays.copyOf(prefix, length);
    end[length - 1]++;
    return end;
  }

  private static Plan.IndexCondition bound(
      Expression subject, String name, Plan.IndexCondition.Kind kind, byte[] value, int key) {
    PgOperator operator = BootstrapCatalog.operator(name, Types.TEXT, Types.TEXT);
    if (operator == null) {
      throw new IllegalStateException("no operator " + name + " of text");
    }
    Const constant = Const.of(Types.TEXT, Text.of(new String(value, StandardCharsets.UTF_8)));
    OpExpr shown =
        new OpExpr(
            operator.oid(),
            operator.proc(),
            Types.BOOL,
            false,
            List.of(subject, constant),
            ParseLoc.NONE);
    return new Plan.IndexCondition(key, kind, constant, shown);
  }
}
