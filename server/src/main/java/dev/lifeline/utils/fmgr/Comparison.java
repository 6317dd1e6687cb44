package dev.lifeline.utils.fmgr;

/// The six comparisons that every type with an order has.
public enum Comparison {
  EQ("eq"),
  NE("ne"),
  LT("lt"),
  LE("le"),
  GT("gt"),
  GE("ge");

  private final String suffix;

  Comparison(String suffix) {
    this.suffix = suffix;
  }

  /// What the names of the functions behind it end in, e.g. `eq` in `int4eq`.
  public String suffix() {
    return suffix;
  }

  /// Whether the comparison holds where the operands compare so.
  ///
  /// @param c negative, zero or positive, as of [Comparable#compareTo]
  public boolean holds(int c) {
    return switch (this) {
      case EQ -> c == 0;
      case NE -> c != 0;
      case LT -> c < 0;
      case LE -> c <= 0;
      case GT -> c > 0;
      case GE -> c >= 0;
    };
  }
}
