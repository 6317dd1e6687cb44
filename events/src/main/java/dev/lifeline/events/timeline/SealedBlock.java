package dev.lifeline.events.timeline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A block that lies in a file; see [BlockFile] for its form.
final class SealedBlock extends Block {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final MemorySegment file;
  private final BlockFile.Header header;
  private final List<Counters> counters;

  /// Which types of events are in it; looked up when it is first asked for. Guarded by the index.
  private @Nullable BitSet types;

  SealedBlock(MemorySegment file, BlockFile.Header header) {
    super(new Columns(file, header.capacity(), header.baseSequence(), header.count()));
    this.file = file;
    this.header = header;
    counters = readCounters();
  }

  BlockFile.Header header() {
    return header;
  }

  private Place place(long offset) {
    return new Place(
        file.get(LONG, offset),
        file.get(LONG, offset + 8),
        file.get(LONG, offset + 16),
        file.get(LONG, offset + 24));
  }

  private Slice slice(int i) {
    long at = header.slicesAt() + (long) i * BlockFile.SLICE_BYTES;
    int kindAndEnd = file.get(INT, at + 72);
    return new Slice(
        Slice.Kind.of(kindAndEnd >>> 8),
        Slice.End.of(kindAndEnd & 0xFF),
        file.get(INT, at + 64),
        file.get(INT, at + 68),
        place(at),
        place(at + 32),
        label(file.get(INT, at + 76)));
  }

  private String label(int offset) {
    long at = header.labelsAt() + offset;
    int length = file.get(INT, at);
    byte[] bytes = new byte[length];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at + 4, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  void slices(Axis axis, long lengthMin, Consumer<Slice> sink) {
    int offset = 8 * axis.number();
    for (int i = 0; i < header.slices(); i++) {
      long at = header.slicesAt() + (long) i * BlockFile.SLICE_BYTES;
      long length = file.get(LONG, at + 32 + offset) - file.get(LONG, at + offset);
      if (length >= lengthMin) {
        sink.accept(slice(i));
      } else if (axis == Axis.TIME) {
        return;
      }
    }
  }

  /// Most filters want rare types, and most blocks have none of them.
  @Override
  boolean mayHave(TickFilter.Test filter) {
    BitSet known = types;
    if (known == null) {
      known = new BitSet();
      for (int i = 0; i < columns.count(); i++) {
        known.set(columns.type(i));
      }
      types = known;
    }
    return known.stream().anyMatch(filter::wantsType);
  }

  private List<Counters> readCounters() {
    List<Counters> read = new ArrayList<>(header.counters());
    for (int i = 0; i < header.counters(); i++) {
      long at = header.countersAt() + (long) i * BlockFile.COUNTERS_BYTES;
      List<Float> values = new ArrayList<>(Counters.NAMES.size());
      for (int v = 0; v < Counters.NAMES.size(); v++) {
        values.add(file.get(FLOAT, at + 32 + 4L * v));
      }
      read.add(new Counters(place(at), List.copyOf(values)));
    }
    return read;
  }

  @Override
  List<Counters> counters() {
    return counters;
  }

  /// From the summary where its buckets are no wider; else tick by tick, which are then few.
  @Override
  void count(Axis axis, int level, long from, long to, Buckets into) {
    BlockFile.Summary summary = header.summaries().get(axis.number());
    if (level < summary.level()) {
      countTicks(columns, axis, level, from, to, into);
      return;
    }
    int shift = level - summary.level();
    long origin = from >> level;
    long end = to >> summary.level();
    for (int i = firstEntry(summary, from >> summary.level()); i < summary.entries(); i++) {
      long at = summary.at() + (long) i * BlockFile.ENTRY_BYTES;
      long bucket = summary.origin() + file.get(INT, at);
      if (bucket >= end) {
        return;
      }
      int rowAndGroup = file.get(INT, at + 4);
      into.add(
          (bucket >> shift) - origin,
          rowAndGroup >>> 4,
          rowAndGroup & 0xF,
          file.get(INT, at + 8),
          file.get(FLOAT, at + 12),
          file.get(LONG, at + 16));
    }
  }

  private int firstEntry(BlockFile.Summary summary, long bucket) {
    int low = 0;
    int high = summary.entries();
    while (low < high) {
      int middle = (low + high) >>> 1;
      long at = summary.at() + (long) middle * BlockFile.ENTRY_BYTES;
      if (summary.origin() + file.get(INT, at) < bucket) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
