package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.List;

/// The running states of one aggregate for all groups of one aggregation, by the groups' numbers
/// from 0 on. Belongs to one execution.
public abstract class AggregateState {
  /// Makes room for so many groups. Called whenever there are new ones, before anything is added to
  /// them.
  public abstract void ensure(int groups);

  /// Adds a row to a group.
  ///
  /// @param args the aggregate's arguments, evaluated
  public abstract void add(int group, List<Column> args, int row);

  /// Adds the first `rows` rows to their groups.
  public void addAll(int[] groups, List<Column> args, int rows) {
    for (int row = 0; row < rows; row++) {
      add(groups[row], args, row);
    }
  }

  /// Adds the first `rows` rows to one group.
  public void addAll(int group, List<Column> args, int rows) {
    for (int row = 0; row < rows; row++) {
      add(group, args, row);
    }
  }

  /// Writes a group's result.
  public abstract void finish(int group, Column out, int row);

  /// About how many bytes the states take, so that an aggregation knows when it is too large.
  public long memoryBytes() {
    return 0;
  }
}
