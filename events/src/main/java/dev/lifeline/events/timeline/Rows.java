package dev.lifeline.events.timeline;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which rows there are, and which of them are taken by somebody alive.
final class Rows {
  private final List<Row> all = new ArrayList<>();
  private final Map<Row, Integer> numbers = new HashMap<>();
  private final Map<String, BitSet> taken = new HashMap<>();

  List<Row> all() {
    return all;
  }

  Row get(int number) {
    return all.get(number);
  }

  /// The number of a row, which is made where there is none.
  int number(Row row) {
    Integer known = numbers.get(row);
    if (known != null) {
      return known;
    }
    int number = all.size();
    all.add(row);
    numbers.put(row, number);
    return number;
  }

  /// The first free row of processes of this type.
  int take(String processType) {
    BitSet slots = taken.computeIfAbsent(processType, type -> new BitSet());
    int slot = slots.nextClearBit(0);
    slots.set(slot);
    return number(new Row(processType, slot));
  }

  /// Makes known that a row is taken: what was alive when the block before ended.
  void takeAgain(int number) {
    Row row = all.get(number);
    taken.computeIfAbsent(row.processType(), type -> new BitSet()).set(row.slot());
  }

  void release(int number) {
    Row row = all.get(number);
    BitSet slots = taken.get(row.processType());
    if (slots != null) {
      slots.clear(row.slot());
    }
  }
}
