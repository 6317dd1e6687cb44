package dev.lifeline.utils.adt;

import java.util.ArrayList;
import java.util.List;

/// The type modifier of an interval: the fields that it is restricted to, and the precision of its
/// seconds.
public final class IntervalTypmod {
  /// No restriction of the fields.
  public static final int FULL_RANGE = 0x7FFF;

  /// No restriction of the precision.
  public static final int FULL_PRECISION = 0xFFFF;

  public static final int MONTH = 1 << 1;
  public static final int YEAR = 1 << 2;
  public static final int DAY = 1 << 3;
  public static final int HOUR = 1 << 10;
  public static final int MINUTE = 1 << 11;
  public static final int SECOND = 1 << 12;

  private IntervalTypmod() {}

  public static int of(int range, int precision) {
    return (range << 16) | (precision & 0xFFFF);
  }

  public static int range(int typmod) {
    return typmod < 0 ? FULL_RANGE : (typmod >> 16) & 0x7FFF;
  }

  public static int precision(int typmod) {
    return typmod < 0 ? FULL_PRECISION : typmod & 0xFFFF;
  }

  /// What follows the word `interval`.
  static String format(int typmod) {
    int range = range(typmod);
    int precision = precision(typmod);
    StringBuilder out = new StringBuilder();
    if (range != FULL_RANGE) {
      List<String> fields = new ArrayList<>();
      String[] names = {"year", "month", "day", "hour", "minute", "second"};
      int[] bits = {YEAR, MONTH, DAY, HOUR, MINUTE, SECOND};
      for (int i = 0; i < bits.length; i++) {
        if ((range & bits[i]) != 0) {
          fields.add(names[i]);
        }
      }
      out.append(' ').append(fields.getFirst());
      if (fields.size() > 1) {
        out.append(" to ").append(fields.getLast());
      }
    }
    if (precision != FULL_PRECISION) {
      out.append('(').append(precision).append(')');
    }
    return out.toString();
  }
}
