package dev.lifeline.utils.adt;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The labels of an enum type, in their order.
///
/// A value of the type is its label's `enumsortorder` and nothing else: that never changes,
/// whatever is renamed or added before, after and between, so that values compare, hash and are
/// indexed without a look at the catalog. See [#code].
public record EnumLabels(List<Label> labels) {
  /// A row of `pg_enum`.
  ///
  /// @param order `enumsortorder`
  /// @param uncommitted whether this transaction has added it to the type, so that no value may be
  ///   made of it yet
  public record Label(int oid, float order, String text, boolean uncommitted) {
    /// The value that stands for it.
    public long code() {
      return EnumLabels.code(order);
    }
  }

  public EnumLabels {
    labels = labels.stream().sorted(Comparator.comparingDouble(Label::order)).toList();
  }

  /// A sort order as a whole number that sorts alike: its bits, those of negative ones the other
  /// way round.
  public static long code(float order) {
    int bits = Float.floatToIntBits(order);
    return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
  }

  public @Nullable Label find(String text) {
    for (Label label : labels) {
      if (label.text.equals(text)) {
        return label;
      }
    }
    return null;
  }

  public @Nullable Label find(long code) {
    for (Label label : labels) {
      if (label.code() == code) {
        return label;
      }
    }
    return null;
  }
}
