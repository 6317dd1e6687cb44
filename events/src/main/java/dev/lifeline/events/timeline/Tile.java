package dev.lifeline.events.timeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A part of an axis, ready to be drawn: [#BUCKETS] buckets of `2^level`, beginning at `index *
/// BUCKETS * 2^level`.
///
/// It has either every tick of its part, or, where they are more than [#TICKS_MAX], their counts.
/// Slices that are shorter than a bucket are left out, and of too many the shortest; their ends are
/// among the ticks all the same.
public final class Tile {
  public static final int BUCKETS = 512;
  public static final int TICKS_MAX = 3000;
  public static final int SLICES_MAX = 4000;
  private static final int ANCHOR_EVERY = 16;

  /// A counter over one bucket.
  record CounterBucket(int bucket, List<Float> mean, List<Float> most) {}

  final Axis axis;
  final int level;
  final long index;
  final List<Tick> ticks = new ArrayList<>();
  final Buckets buckets = new Buckets();
  final List<Slice> slices = new ArrayList<>();
  final List<Place> anchors = new ArrayList<>();
  final Map<Integer, List<List<Float>>> counters = new LinkedHashMap<>();
  boolean counted;
  boolean complete;
  long total;
  long lastSequence;

  Tile(Axis axis, int level, long index) {
    this.axis = axis;
    this.level = level;
    this.index = index;
  }

  public long from() {
    return (index * BUCKETS) << level;
  }

  public long to() {
    return ((index + 1) * BUCKETS) << level;
  }

  /// Whether it will never change: the log has gone past it.
  public boolean isComplete() {
    return complete;
  }

  /// How many events lie in it.
  public long total() {
    return total;
  }

  /// Whether it has counts rather than the ticks themselves.
  public boolean isCounted() {
    return counted;
  }

  public List<Tick> ticks() {
    return ticks;
  }

  public List<Slice> slices() {
    return slices;
  }

  /// How many events it counts, over all buckets.
  public long counted() {
    long[] sum = {0};
    buckets.forEach(entry -> sum[0] += entry.count());
    return sum[0];
  }

  /// The tile as a page gets it; [TileWriter] says in which form.
  public byte[] toBytes() {
    return TileWriter.write(this);
  }

  static int anchorEvery() {
    return ANCHOR_EVERY;
  }

  void add(Counters report) {
    int bucket = (int) ((report.place().at(axis) - from()) >> level);
    counters.computeIfAbsent(bucket, b -> new ArrayList<>()).add(report.values());
  }

  List<CounterBucket> counterBuckets() {
    List<CounterBucket> out = new ArrayList<>();
    counters.forEach((bucket, reports) -> {
      List<Float> mean = new ArrayList<>();
      List<Float> most = new ArrayList<>();
      for (int i = 0; i < Counters.NAMES.size(); i++) {
        float sum = 0;
        float max = Float.NEGATIVE_INFINITY;
        for (List<Float> values : reports) {
          sum += values.get(i);
          max = Math.max(max, values.get(i));
        }
        mean.add(sum / reports.size());
        most.add(max);
      }
      out.add(new CounterBucket(bucket, mean, most));
    });
    return out;
  }
}
