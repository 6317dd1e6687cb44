package dev.lifeline.events.timeline;

import java.util.List;
import java.util.function.Consumer;

/// A run of ticks with what ended among them. Blocks follow one another without overlap.
abstract class Block {
  final Columns columns;

  Block(Columns columns) {
    this.columns = columns;
  }

  long firstSequence() {
    return columns.sequence(0);
  }

  long lastSequence() {
    return columns.sequence(columns.count() - 1);
  }

  boolean isEmpty() {
    return columns.count() == 0;
  }

  long first(Axis axis) {
    return columns.at(axis, 0);
  }

  long last(Axis axis) {
    return columns.at(axis, columns.count() - 1);
  }

  /// The slices that ended in this block and are at least so long on the axis; of those on the axis
  /// of time the longest first.
  abstract void slices(Axis axis, long lengthMin, Consumer<Slice> sink);

  /// Whether any tick in it may be wanted, as far as can be told without looking at each.
  boolean mayHave(TickFilter.Test filter) {
    return true;
  }

  /// What the statistics collector reported in this block.
  abstract List<Counters> counters();

  /// Counts the ticks from one coordinate up to another by buckets of `2^level`; the first bucket
  /// is that of `from`.
  void count(Axis axis, int level, long from, long to, Buckets into) {
    countTicks(columns, axis, level, from, to, into);
  }

  static void countTicks(Columns columns, Axis axis, int level, long from, long to, Buckets into) {
    int end = columns.before(axis, to);
    long origin = from >> level;
    for (int i = columns.before(axis, from); i < end; i++) {
      into.add(
          (columns.at(axis, i) >> level) - origin,
          columns.row(i),
          columns.group(i).number(),
          1,
          columns.durationMs(i),
          columns.sequence(i));
    }
  }
}
