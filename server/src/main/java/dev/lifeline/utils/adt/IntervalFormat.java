package dev.lifeline.utils.adt;

/// The text form of intervals in the styles of `IntervalStyle`.
final class IntervalFormat {
  private IntervalFormat() {}

  static void format(Interval value, IntervalStyle style, ByteWriter out) {
    switch (style) {
      case POSTGRES -> postgres(value, out);
      case POSTGRES_VERBOSE -> verbose(value, out);
      case ISO_8601 -> iso(value, out);
      case SQL_STANDARD -> sql(value, out);
    }
  }

  /// `1 year 2 mons -3 days +04:05:06`.
  private static void postgres(Interval value, ByteWriter out) {
    int from = out.size();
    boolean before = false;
    before = part(value.months() / 12, "year", before, from, out);
    before = part(value.months() % 12, "mon", before, from, out);
    before = part(value.days(), "day", before, from, out);
    boolean first = out.size() == from;
    long micros = value.micros();
    if (first || micros != 0) {
      if (!first) {
        out.int8(' ');
      }
      if (micros < 0) {
        out.int8('-');
      } else if (before) {
        out.int8('+');
      }
      time(micros, 2, out);
    }
  }

  /// @return whether the last part that was written is negative, which a positive one that follows
  ///   must then say
  private static boolean part(int value, String unit, boolean before, int from, ByteWriter out) {
    if (value == 0) {
      return before;
    }
    if (out.size() > from) {
      out.int8(' ');
    }
    if (before && value > 0) {
      out.int8('+');
    }
    out.decimal(value);
    out.ascii(" " + unit + (value == 1 ? "" : "s"));
    return value < 0;
  }

  private static void time(long micros, int hourWidth, ByteWriter out) {
    // The smallest long has no opposite; halves of it have.
    long hours = Math.abs(micros / DateMath.MICROS_PER_HOUR);
    long rest = Math.abs(micros % DateMath.MICROS_PER_HOUR);
    out.decimal(hours, hourWidth);
    out.int8(':');
    out.decimal(rest / DateMath.MICROS_PER_MINUTE, 2);
    out.int8(':');
    DateTimeFormat.seconds(rest % DateMath.MICROS_PER_MINUTE, 2, out);
  }

  /// `@ 1 year 2 mons 3 days 4 hours 5 mins 6 secs ago`: the sign of the first part is that of all.
  private static void verbose(Interval value, ByteWriter out) {
    out.int8('@');
    int from = out.size();
    int sign = 0;
    sign = verbosePart(value.months() / 12, "year", sign, out);
    sign = verbosePart(value.months() % 12, "mon", sign, out);
    sign = verbosePart(value.days(), "day", sign, out);
    long micros = value.micros();
    sign = verbosePart(micros / DateMath.MICROS_PER_HOUR, "hour", sign, out);
    sign = verbosePart(micros / DateMath.MICROS_PER_MINUTE % 60, "min", sign, out);
    long seconds = micros % DateMath.MICROS_PER_MINUTE;
    if (seconds != 0) {
      if (sign == 0) {
        sign = Long.signum(seconds);
      }
      out.int8(' ');
      long shown = sign * seconds;
      if (shown < 0) {
        out.int8('-');
      }
      DateTimeFormat.seconds(Math.abs(shown), 1, out);
      out.ascii(Math.abs(seconds) == DateMath.MICROS_PER_SECOND ? " sec" : " secs");
    }
    if (out.size() == from) {
      out.ascii(" 0");
    }
    if (sign < 0) {
      out.ascii(" ago");
    }
  }

  private static int verbosePart(long value, String unit, int sign, ByteWriter out) {
    if (value == 0) {
      return sign;
    }
    int newSign = sign == 0 ? Long.signum(value) : sign;
    out.int8(' ');
    out.decimal(newSign * value);
    out.ascii(" " + unit + (Math.abs(value) == 1 ? "" : "s"));
    return newSign;
  }

  /// `P1Y2M3DT4H5M6S`.
  private static void iso(Interval value, ByteWriter out) {
    if (value.micros() == 0 && value.days() == 0 && value.months() == 0) {
      out.ascii("PT0S");
      return;
    }
    out.int8('P');
    isoPart(value.months() / 12, 'Y', out);
    isoPart(value.months() % 12, 'M', out);
    isoPart(value.days(), 'D', out);
    long micros = value.micros();
    if (micros == 0) {
      return;
    }
    out.int8('T');
    isoPart(micros / DateMath.MICROS_PER_HOUR, 'H', out);
    isoPart(micros / DateMath.MICROS_PER_MINUTE % 60, 'M', out);
    long seconds = micros % DateMath.MICROS_PER_MINUTE;
    if (seconds != 0) {
      if (seconds < 0) {
        out.int8('-');
      }
      DateTimeFormat.seconds(Math.abs(seconds), 1, out);
      out.int8('S');
    }
  }

  private static void isoPart(long value, char letter, ByteWriter out) {
    if (value != 0) {
      out.decimal(value);
      out.int8(letter);
    }
  }

  /// `1-2`, `3 4:05:06`, or both with a sign for each where they are mixed.
  private static void sql(Interval value, ByteWriter out) {
    int months = value.months();
    boolean hasYearMonth = months != 0;
    boolean hasDay = value.days() != 0;
    boolean hasTime = value.micros() != 0;
    boolean anyNegative = months < 0 || value.days() < 0 || value.micros() < 0;
    boolean anyPositive = months > 0 || value.days() > 0 || value.micros() > 0;
    boolean plain = !(anyNegative && anyPositive) && !(hasYearMonth && (hasDay || hasTime));
    if (!hasYearMonth && !hasDay && !hasTime) {
      out.int8('0');
      return;
    }
    if (!plain) {
      sign(months, out);
      yearMonth(months, out);
      out.int8(' ');
      sign(value.days(), out);
      out.decimal(Math.abs((long) value.days()));
      out.int8(' ');
      sign(value.micros(), out);
      time(value.micros(), 1, out);
      return;
    }
    if (anyNegative) {
      out.int8('-');
    }
    if (hasYearMonth) {
      yearMonth(months, out);
      return;
    }
    if (hasDay) {
      out.decimal(Math.abs((long) value.days()));
      out.int8(' ');
    }
    time(value.micros(), 1, out);
  }

  private static void sign(long value, ByteWriter out) {
    out.int8(value < 0 ? '-' : '+');
  }

  private static void yearMonth(int months, ByteWriter out) {
    out.decimal(Math.abs(months / 12));
    out.int8('-');
    out.decimal(Math.abs(months % 12));
  }
}
