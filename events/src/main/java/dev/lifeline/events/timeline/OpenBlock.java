package dev.lifeline.events.timeline;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The block that is being filled.
final class OpenBlock extends Block {
  private final List<Slice> ended = new ArrayList<>();
  private final List<Counters> counters = new ArrayList<>();
  private long lastLineCrc;

  OpenBlock(int capacity, long baseSequence) {
    super(new Columns(Arena.ofAuto().allocate(Columns.bytes(capacity)), capacity, baseSequence, 0));
  }

  /// @param lineCrc the CRC-32C of the line that the tick was made of
  void add(Tick tick, long lineCrc) {
    columns.add(tick);
    lastLineCrc = lineCrc;
  }

  void add(Slice slice) {
    ended.add(slice);
  }

  void add(Counters report) {
    counters.add(report);
  }

  boolean isFull() {
    return columns.count() == columns.capacity();
  }

  long lastLineCrc() {
    return lastLineCrc;
  }

  List<Slice> ended() {
    return ended;
  }

  @Override
  void slices(Axis axis, long lengthMin, Consumer<Slice> sink) {
    for (Slice slice : ended) {
      if (slice.to().at(axis) - slice.from().at(axis) >= lengthMin) {
        sink.accept(slice);
      }
    }
  }

  @Override
  List<Counters> counters() {
    return counters;
  }
}
