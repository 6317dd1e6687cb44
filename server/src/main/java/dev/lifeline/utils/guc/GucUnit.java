package dev.lifeline.utils.guc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The unit that an integer parameter is counted in, and the units that people may write it in.
public enum GucUnit {
  NONE("", Quantity.NUMBER),
  B("B", Quantity.SIZE),
  KB("kB", Quantity.SIZE),
  BLOCKS("8kB", Quantity.SIZE),
  MB("MB", Quantity.SIZE),
  MS("ms", Quantity.TIME),
  S("s", Quantity.TIME),
  MIN("min", Quantity.TIME);

  private enum Quantity {
    NUMBER,
    SIZE,
    TIME
  }

  /// A unit as people write it, in bytes or microseconds.
  private record Written(String name, double factor) {}

  /// From the largest to the smallest.
  private static final List<Written> SIZES =
      List.of(
          new Written("TB", 0x1p40),
          new Written("GB", 0x1p30),
          new Written("MB", 0x1p20),
          new Written("kB", 0x1p10),
          new Written("B", 1));

  private static final List<Written> TIMES =
      List.of(
          new Written("d", 86_400e6),
          new Written("h", 3_600e6),
          new Written("min", 60e6),
          new Written("s", 1e6),
          new Written("ms", 1e3),
          new Written("us", 1));

  private final String label;
  private final Quantity quantity;

  GucUnit(String label, Quantity quantity) {
    this.label = label;
    this.quantity = quantity;
  }

  /// As `pg_settings.unit` spells it; empty where there is none.
  public String label() {
    return label;
  }

  private List<Written> written() {
    return switch (quantity) {
      case NUMBER -> List.of();
      case SIZE -> SIZES;
      case TIME -> TIMES;
    };
  }

  static GucUnit of(String label) {
    for (GucUnit unit : values()) {
      if (unit.label.equals(label)) {
        return unit;
      }
    }
    throw new IllegalArgumentException("unknown unit: " + label);
  }

  /// How many bytes or microseconds one of this unit is.
  double base() {
    return switch (this) {
      case NONE, B -> 1;
      case KB -> 0x1p10;
      case BLOCKS -> 0x1p13;
      case MB -> 0x1p20;
      case MS -> 1e3;
      case S -> 1e6;
      case MIN -> 60e6;
    };
  }

  /// The factor from a written unit to this one, or null where it is no such unit.
  @Nullable Double factorFrom(String writtenUnit) {
    for (Written candidate : written()) {
      if (candidate.name.equals(writtenUnit)) {
        return candidate.factor / base();
      }
    }
    return null;
  }

  /// What an error says about the units that may be written.
  String hint() {
    return quantity == Quantity.SIZE
        ? "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."
        : "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".";
  }

  /// Spells a value of this unit with the largest unit that loses nothing, as SHOW does.
  String show(long value) {
    if (quantity == Quantity.NUMBER || value <= 0) {
      return value + (value == 0 || quantity == Quantity.NUMBER ? "" : label);
    }
    for (Written candidate : written()) {
      double scaled = value * base() / candidate.factor;
      if (scaled >= 1 && scaled == Math.rint(scaled)) {
        return (long) scaled + candidate.name;
      }
    }
    return value + label;
  }
}
