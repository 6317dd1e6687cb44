package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;

/// `(start, end) OVERLAPS (start, end)`, where an end may be a length instead.
final class OverlapsFunctions {
  private OverlapsFunctions() {}

  private interface Add {
    long add(Call c, long start, Interval length);
  }

  static void register(FnTable t) {
    t.callBool("overlaps_timestamp", c -> overlaps(c, (call, a, b) -> a));
    t.callBool("overlaps_time", c -> overlaps(c, (call, a, b) -> a));
    variants(t, 1114, (c, a, b) -> DateMath.addInterval(a, b));
    variants(t, 1184, (c, a, b) -> DateMath.addInterval(a, b, DateTimeFunctions.zone(c)));
    variants(t, 1083, (c, a, b) -> Math.floorMod(a + b.micros(), DateMath.MICROS_PER_DAY));
  }

  private static void variants(FnTable t, int type, Add add) {
    String i = ",1186";
    String e = "," + type;
    t.callBool("overlaps(" + type + i + e + i + ")", c -> overlaps(c, add));
    t.callBool("overlaps(" + type + e + e + i + ")", c -> overlaps(c, add));
    t.callBool("overlaps(" + type + i + e + e + ")", c -> overlaps(c, add));
  }

  private static long end(Call c, int argument, Add add) {
    return c.site().argType(argument) == Types.INTERVAL
        ? add.add(c, c.getLong(argument - 1), c.interval(argument))
        : c.getLong(argument);
  }

  /// The two periods have an instant in common. With an end that is null the answer may still be
  /// known, from the start alone.
  private static boolean overlaps(Call c, Add add) {
    boolean lengthUnknown1 = c.isNull(0) && c.site().argType(1) == Types.INTERVAL;
    boolean lengthUnknown2 = c.isNull(2) && c.site().argType(3) == Types.INTERVAL;
    boolean null1 = c.isNull(1) || lengthUnknown1;
    boolean null2 = c.isNull(3) || lengthUnknown2;
    if ((c.isNull(0) && null1) || (c.isNull(2) && null2)) {
      c.returnNull();
      return false;
    }
    long start1 = c.isNull(0) ? end(c, 1, add) : c.getLong(0);
    long end1 = c.isNull(0) || null1 ? start1 : end(c, 1, add);
    long start2 = c.isNull(2) ? end(c, 3, add) : c.getLong(2);
    long end2 = c.isNull(2) || null2 ? start2 : end(c, 3, add);
    boolean unknown1 = c.isNull(0) || null1;
    boolean unknown2 = c.isNull(2) || null2;
    long low1 = Math.min(start1, end1);
    long high1 = Math.max(start1, end1);
    long low2 = Math.min(start2, end2);
    long high2 = Math.max(start2, end2);
    if (low1 == low2) {
      return known(c, true, unknown1 || unknown2);
    }
    boolean firstLater = low1 > low2;
    long later = firstLater ? low1 : low2;
    long earlierHigh = firstLater ? high2 : high1;
    boolean earlierUnknown = firstLater ? unknown2 : unknown1;
    boolean laterUnknown = firstLater ? unknown1 : unknown2;
    if (earlierUnknown) {
      return known(c, false, true);
    }
    if (later < earlierHigh) {
      return known(c, true, false);
    }
    return known(c, false, laterUnknown);
  }

  private static boolean known(Call c, boolean value, boolean unknown) {
    if (unknown) {
      c.returnNull();
    }
    return value;
  }
}
