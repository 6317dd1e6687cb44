package dev.lifeline.executor.node;

import dev.lifeline.catalog.IndexLayout;
import java.util.Arrays;

/// Where an index-only scan puts what it finds in an entry.
///
/// @param row the rows that it hands on
/// @param keys for each key of the index the column of these rows that has its value, or -1; as far
///   as there are any
/// @param stored the same for each value that is stored beside the keys
@SuppressWarnings("ArrayRecordComponent")
public record IndexOnlyShape(RowShape row, int[] keys, int[] stored) {
  /// For an index whose entries tell all the columns of these rows.
  ///
  /// @param keyCount how many keys the index has
  public static IndexOnlyShape of(RowShape row, IndexLayout layout, int keyCount) {
    int[] keys = new int[keyCount];
    int[] stored = new int[layout.stored().size()];
    Arrays.fill(keys, -1);
    Arrays.fill(stored, -1);
    for (int column = 0; column < row.targets().length; column++) {
      int target = row.targets()[column];
      if (target < 0) {
        continue;
      }
      int key = layout.key(column + 1);
      if (key >= 0) {
        keys[key] = target;
      } else {
        stored[layout.place(column + 1)] = target;
      }
    }
    return new IndexOnlyShape(row, trimmed(keys), trimmed(stored));
  }

  private static int[] trimmed(int[] targets) {
    int length = targets.length;
    while (length > 0 && targets[length - 1] < 0) {
      length--;
    }
    return Arrays.copyOf(targets, length);
  }
}
