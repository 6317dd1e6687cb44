package dev.lifeline.events.timeline;

import java.util.List;

/// Which ticks are wanted. What is not said admits all.
///
/// @param types types without prefix and version, where a `*` at the end stands for anything
/// @param processTypes as `pg_stat_activity.backend_type`
public record TickFilter(List<String> types, List<String> processTypes, List<Integer> pids) {
  /// Admits every tick.
  public static final TickFilter ALL = new TickFilter(List.of(), List.of(), List.of());

  public TickFilter {
    types = List.copyOf(types);
    processTypes = List.copyOf(processTypes);
    pids = List.copyOf(pids);
  }

  boolean admitsAll() {
    return types.isEmpty() && processTypes.isEmpty() && pids.isEmpty();
  }

  private boolean admitsType(String type) {
    return types.isEmpty()
        || types.stream()
            .anyMatch(wanted ->
                wanted.endsWith("*")
                    ? type.startsWith(wanted.substring(0, wanted.length() - 1))
                    : type.equals(wanted));
  }

  /// The filter with the names looked up, so that a tick is asked for numbers only.
  Test over(List<Row> rows) {
    boolean[] typeWanted = new boolean[Tick.TYPES.size()];
    for (int i = 0; i < typeWanted.length; i++) {
      typeWanted[i] = admitsType(Tick.TYPES.get(i));
    }
    boolean[] rowWanted = new boolean[rows.size()];
    for (int i = 0; i < rowWanted.length; i++) {
      rowWanted[i] = processTypes.isEmpty() || processTypes.contains(rows.get(i).processType());
    }
    return new Test(typeWanted, rowWanted, pids);
  }

  /// Whether a tick is wanted, by numbers.
  static final class Test {
    private final boolean[] types;
    private final boolean[] rows;
    private final List<Integer> pids;

    private Test(boolean[] types, boolean[] rows, List<Integer> pids) {
      this.types = types;
      this.rows = rows;
      this.pids = pids;
    }

    boolean wanted(Columns columns, int i) {
      return types[columns.type(i)]
          && rows[columns.row(i)]
          && (pids.isEmpty() || pids.contains(columns.pid(i)));
    }

    boolean wantsType(int type) {
      return types[type];
    }
  }
}
