package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.Comparison;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.Comparator;

/// The comparisons of the types that have no functions file of their own, and their `btree` support
/// functions.
final class ComparisonFunctions {
  private ComparisonFunctions() {}

  static void register(FnTable t) {
    t.longComparisons("bool");
    t.longComparisons("oid");
    t.longComparisons("char");
    t.longComparisons("xid8");
    t.longComparisons("tid");
    t.lTest("xideq", new Fn.LCompare(Comparison.EQ));
    t.lTest("xidneq", new Fn.LCompare(Comparison.NE));
    t.lTest("cideq", new Fn.LCompare(Comparison.EQ));
    for (Comparison comparison : Comparison.values()) {
      t.lTest(
          "pg_lsn_" + comparison.suffix(), (a, b) -> comparison.holds(Long.compareUnsigned(a, b)));
    }
    t.l2("oidlarger", Math::max);
    t.l2("oidsmaller", Math::min);
    t.l2("pg_lsn_larger", (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);
    t.l2("pg_lsn_smaller", (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b);
    underscored(t, "uuid", Comparator.<Uuid>naturalOrder());
    t.comparisons("bytea", Comparator.<Bytea>naturalOrder());
    t.comparisons("interval_", Comparator.<Interval>naturalOrder());
    t.comparisons("timetz_", Comparator.<TimeTz>naturalOrder());
    underscored(t, "array", Comparator.<PgArray>naturalOrder());
    underscored(t, "record", Comparator.<PgRecord>naturalOrder());
    t.comparisons("oidvector", Comparator.<PgArray>naturalOrder());
    registerSupport(t);
    registerBool(t);
  }

  private static <T> void underscored(FnTable t, String prefix, Comparator<T> order) {
    t.comparisons(prefix + "_", order);
  }

  private static void registerSupport(FnTable t) {
    for (String types : new String[] {"2", "4", "8", "24", "42", "28", "82", "48", "84"}) {
      t.l2("btint" + types + "cmp", Long::compare);
    }
    t.l2("btoidcmp", Long::compare);
    t.l2("btboolcmp", Long::compare);
    t.l2("btcharcmp", Long::compare);
    t.callLong("btfloat8cmp", c -> FloatOps.compare(c.getDouble(0), c.getDouble(1)));
    t.callLong("btfloat4cmp", c -> FloatOps.compare(c.getDouble(0), c.getDouble(1)));
    t.callLong("btfloat48cmp", c -> FloatOps.compare(c.getDouble(0), c.getDouble(1)));
    t.callLong("btfloat84cmp", c -> FloatOps.compare(c.getDouble(0), c.getDouble(1)));
    t.callLong("numeric_cmp", c -> Integer.signum(c.numeric(0).compareTo(c.numeric(1))));
    t.callLong("bttextcmp", c -> Integer.signum(c.text(0).compareTo(c.text(1))));
    t.callLong("btnamecmp", c -> Integer.signum(c.text(0).compareTo(c.text(1))));
    t.callLong(
        "uuid_cmp", c -> Integer.signum(c.get(0, Uuid.class).compareTo(c.get(1, Uuid.class))));
    t.callLong(
        "byteacmp", c -> Integer.signum(c.get(0, Bytea.class).compareTo(c.get(1, Bytea.class))));
    t.callLong("interval_cmp", c -> Integer.signum(c.interval(0).compareTo(c.interval(1))));
    t.callLong("btarraycmp", c -> Integer.signum(c.array(0).compareTo(c.array(1))));
  }

  private static void registerBool(FnTable t) {
    t.l2("booland_statefunc", (a, b) -> a & b);
    t.l2("boolor_statefunc", (a, b) -> a | b);
    t.lo("booltext", a -> Text.of(a != 0 ? "true" : "false"));
  }
}
