package dev.lifeline.utils.adt;

/// Makes intervals obey a type modifier.
final class IntervalTypmods {
  private IntervalTypmods() {}

  /// Fields below the smallest one of the type are cut off, seconds are rounded.
  static Interval apply(Interval value, int typmod) {
    if (typmod < 0) {
      return value;
    }
    int range = IntervalTypmod.range(typmod);
    Interval cut = value;
    if (range != IntervalTypmod.FULL_RANGE && (range & IntervalTypmod.SECOND) == 0) {
      if ((range & IntervalTypmod.MINUTE) != 0) {
        cut = withTimeOf(value, DateMath.MICROS_PER_MINUTE);
      } else if ((range & IntervalTypmod.HOUR) != 0) {
        cut = withTimeOf(value, DateMath.MICROS_PER_HOUR);
      } else if ((range & IntervalTypmod.DAY) != 0) {
        cut = new Interval(0, value.days(), value.months());
      } else if ((range & IntervalTypmod.MONTH) != 0) {
        cut = new Interval(0, 0, value.months());
      } else {
        cut = new Interval(0, 0, value.months() / 12 * 12);
      }
    }
    int precision = IntervalTypmod.precision(typmod);
    return precision == IntervalTypmod.FULL_PRECISION
        ? cut
        : new Interval(DateMath.round(cut.micros(), precision), cut.days(), cut.months());
  }

  private static Interval withTimeOf(Interval value, long unit) {
    return new Interval(value.micros() / unit * unit, value.days(), value.months());
  }
}
