package dev.lifeline.events.timeline;

import dev.lifeline.events.codec.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/// A tile as bytes, in little-endian order, so that a browser has its arrays without reading them
/// one by one:
///
/// ```text
/// u32 length of the JSON, padded with spaces so that what follows begins at a multiple of 8
/// JSON {"axis", "level", "index", "from", "to", "counted", "complete", "total", "last_sequence",
///       "ticks": n, "buckets": n, "slices": n, "counters": n, "anchors": n, "labels": [...]}
/// ticks     f64 coordinate[n], sequence[n]; f32 duration_ms[n]; u32 cause_back[n], pid[n], row[n];
///           u8 type[n], group[n]
/// buckets   f64 longest_sequence[n]; f32 longest_ms[n]; u32 bucket[n], row[n], count[n]; u8 group[n]
/// slices    f64 from[n], to[n], from_sequence[n], to_sequence[n] (0 while open); u32 pid[n], row[n],
///           label[n]; u8 kind[n], end[n]
/// counters  u32 bucket[n]; f32 mean[4][n], most[4][n]
/// anchors   f64 coordinate[n], time[n], sequence[n], lsn[n]
/// ```
///
/// Each array begins at a multiple of 8.
final class TileWriter {
  private ByteBuffer out = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);

  private TileWriter() {}

  static byte[] write(Tile tile) {
    return new TileWriter().bytes(tile);
  }

  private byte[] bytes(Tile tile) {
    List<Buckets.Entry> buckets = new ArrayList<>();
    if (tile.counted) {
      tile.buckets.forEach(buckets::add);
    }
    List<Tile.CounterBucket> counters = tile.counterBuckets();
    Map<String, Integer> labels = new LinkedHashMap<>();
    tile.slices.forEach(slice -> labels.putIfAbsent(slice.label(), labels.size()));
    header(tile, buckets.size(), counters.size(), labels);
    ticks(tile.ticks, tile.axis);
    doubles(buckets, e -> e.sequence());
    floats(buckets, e -> e.longestMs());
    ints(buckets, Buckets.Entry::bucket);
    ints(buckets, Buckets.Entry::row);
    ints(buckets, Buckets.Entry::count);
    bytes(buckets, Buckets.Entry::group);
    slices(tile, labels);
    ints(counters, Tile.CounterBucket::bucket);
    for (int i = 0; i < Counters.NAMES.size(); i++) {
      int value = i;
      floats(counters, c -> c.mean().get(value));
    }
    for (int i = 0; i < Counters.NAMES.size(); i++) {
      int value = i;
      floats(counters, c -> c.most().get(value));
    }
    doubles(tile.anchors, place -> place.at(tile.axis));
    doubles(tile.anchors, Place::time);
    doubles(tile.anchors, Place::sequence);
    doubles(tile.anchors, Place::lsn);
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  private void header(Tile tile, int buckets, int counters, Map<String, Integer> labels) {
    JsonWriter json = new JsonWriter();
    json.ascii("{\"axis\":\"" + tile.axis.text() + "\",\"level\":").number(tile.level);
    json.ascii(",\"index\":").number(tile.index);
    json.ascii(",\"from\":").number(tile.from());
    json.ascii(",\"to\":").number(tile.to());
    json.ascii(",\"counted\":" + tile.counted + ",\"complete\":" + tile.complete);
    json.ascii(",\"total\":").number(tile.total);
    json.ascii(",\"last_sequence\":").number(tile.lastSequence);
    json.ascii(",\"ticks\":").number(tile.ticks.size());
    json.ascii(",\"buckets\":").number(buckets);
    json.ascii(",\"slices\":").number(tile.slices.size());
    json.ascii(",\"counters\":").number(counters);
    json.ascii(",\"anchors\":").number(tile.anchors.size());
    json.ascii(",\"labels\":[");
    String comma = "";
    for (String label : labels.keySet()) {
      json.ascii(comma);
      json.string(label);
      comma = ",";
    }
    json.ascii("]}");
    while ((json.length() + 4) % 8 != 0) {
      json.raw(' ');
    }
    room(json.length() + 4);
    out.putInt(json.length()).put(json.array(), 0, json.length());
  }

  private void ticks(List<Tick> ticks, Axis axis) {
    doubles(ticks, tick -> tick.place().at(axis));
    doubles(ticks, tick -> tick.place().sequence());
    floats(ticks, Tick::durationMs);
    ints(ticks, tick -> tick.cause() == 0 ? 0 : (int) (tick.place().sequence() - tick.cause()));
    ints(ticks, Tick::pid);
    ints(ticks, Tick::row);
    bytes(ticks, Tick::type);
    bytes(ticks, tick -> tick.group().number());
  }

  private void slices(Tile tile, Map<String, Integer> labels) {
    List<Slice> slices = tile.slices;
    doubles(slices, slice -> slice.from().at(tile.axis));
    doubles(slices, slice -> slice.to().at(tile.axis));
    doubles(slices, slice -> slice.from().sequence());
    doubles(slices, slice -> slice.end() == Slice.End.OPEN ? 0 : slice.to().sequence());
    ints(slices, Slice::pid);
    ints(slices, Slice::row);
    ints(slices, slice -> labels.getOrDefault(slice.label(), 0));
    bytes(slices, slice -> slice.kind().number());
    bytes(slices, slice -> slice.end().number());
  }

  private <T> void doubles(List<T> items, ToDoubleFunction<T> value) {
    array(items, 8, (item, at) -> out.putDouble(at, value.applyAsDouble(item)));
  }

  private <T> void floats(List<T> items, ToDoubleFunction<T> value) {
    array(items, 4, (item, at) -> out.putFloat(at, (float) value.applyAsDouble(item)));
  }

  private <T> void ints(List<T> items, ToIntFunction<T> value) {
    array(items, 4, (item, at) -> out.putInt(at, value.applyAsInt(item)));
  }

  private <T> void bytes(List<T> items, ToIntFunction<T> value) {
    array(items, 1, (item, at) -> out.put(at, (byte) value.applyAsInt(item)));
  }

  private <T> void array(List<T> items, int width, ObjIntConsumer<T> put) {
    int length = (items.size() * width + 7) / 8 * 8;
    room(length);
    int at = out.position();
    for (T item : items) {
      put.accept(item, at);
      at += width;
    }
    out.position(out.position() + length);
  }

  private void room(int bytes) {
    if (out.remaining() < bytes) {
      int capacity = Math.max(2 * out.capacity(), out.position() + bytes);
      ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
      larger.put(out.flip());
      out = larger;
    }
  }
}
