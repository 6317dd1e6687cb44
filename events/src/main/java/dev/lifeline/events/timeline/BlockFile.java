package dev.lifeline.events.timeline;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The form of a block's file: a header, the columns, and behind them the slices (the longest in
/// time first), their labels, the counters, a summary for each axis, and the state that the next
/// block begins with. In the byte order of the machine: an index is not carried elsewhere.
final class BlockFile {
  static final int SLICE_BYTES = 80;
  static final int COUNTERS_BYTES = 32 + 4 * Counters.NAMES.size();
  static final int ENTRY_BYTES = 24;

  /// The form, and what the numbers of types in it stand for: blocks that were made with others are
  /// made anew from the log.
  private static final long MAGIC =
      0x4C4C_544CL << 32 | ((2 ^ Tick.TYPES.hashCode()) & 0xFFFF_FFFFL);

  private static final String SUFFIX = ".timeline";

  /// Buckets of a summary at most.
  private static final int BUCKETS_MAX = 1024;

  private BlockFile() {}

  /// Where an axis' counts are.
  ///
  /// @param level a bucket is `2^level` wide
  /// @param origin the first bucket's number
  record Summary(int level, long origin, long at, int entries) {}

  /// What the header says.
  ///
  /// @param lastLineCrc the CRC-32C of the last line that went into the block
  record Header(
      int capacity,
      int count,
      long baseSequence,
      long lastLineCrc,
      long slicesAt,
      int slices,
      long labelsAt,
      long countersAt,
      int counters,
      List<Summary> summaries,
      long stateAt,
      int stateBytes) {}

  /// What the next block begins with.
  record State(List<Row> rows, Place last, List<Slice> lives, List<Slice> open) {}

  static Path path(Path directory, long firstSequence) {
    String digits = Long.toString(firstSequence);
    return directory.resolve("0".repeat(20 - digits.length()) + digits + SUFFIX);
  }

  static boolean isOne(Path file) {
    return file.getFileName().toString().endsWith(SUFFIX);
  }

  // Writing.

  /// Writes a full block and opens it.
  static SealedBlock write(Path directory, OpenBlock block, TimelineFold fold) throws IOException {
    Files.createDirectories(directory);
    Path file = path(directory, block.firstSequence());
    Path fresh = directory.resolve(file.getFileName() + ".new");
    ByteBuffer header = buffer(Columns.HEADER_BYTES);
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(out, block.columns.memory().asByteBuffer());
      header
          .putLong(MAGIC)
          .putInt(block.columns.capacity())
          .putInt(block.columns.count())
          .putLong(block.columns.baseSequence())
          .putLong(block.lastLineCrc());
      writeSlices(out, block.ended(), header);
      writeCounters(out, block.counters(), header);
      for (Axis axis : Axis.values()) {
        writeSummary(out, block, axis, header);
      }
      byte[] state = stateBytes(fold);
      header.putLong(out.position()).putInt(state.length);
      writeAll(out, ByteBuffer.wrap(state));
      header.putLong(out.position());
      byte[] covered = new byte[header.position()];
      header.get(0, covered);
      header.putLong(crc(covered));
      out.position(0);
      header.rewind();
      writeAll(out, header);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    SealedBlock sealed = open(file);
    if (sealed == null) {
      throw new IOException(file + " is not what was just written");
    }
    return sealed;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static long crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return crc.getValue();
  }

  private static void put(ByteBuffer out, Place place) {
    out.putLong(place.time())
        .putLong(place.active())
        .putLong(place.lsn())
        .putLong(place.sequence());
  }

  private static void writeSlices(FileChannel out, List<Slice> ended, ByteBuffer header)
      throws IOException {
    List<Slice> sorted = new ArrayList<>(ended);
    sorted.sort(Comparator.comparingLong((Slice slice) -> slice.from().time() - slice.to().time()));
    ByteBuffer bytes = buffer(sorted.size() * SLICE_BYTES);
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    Map<String, Integer> known = new HashMap<>();
    for (Slice slice : sorted) {
      put(bytes, slice.from());
      put(bytes, slice.to());
      bytes
          .putInt(slice.row())
          .putInt(slice.pid())
          .putInt(slice.kind().number() << 8 | slice.end().number())
          .putInt(known.computeIfAbsent(slice.label(), label -> append(labels, label)));
    }
    header.putLong(out.position()).putInt(sorted.size());
    writeAll(out, bytes.flip());
    header.putLong(out.position());
    writeAll(out, ByteBuffer.wrap(labels.toByteArray()));
  }

  private static int append(ByteArrayOutputStream labels, String label) {
    int at = labels.size();
    byte[] utf8 = label.getBytes(StandardCharsets.UTF_8);
    byte[] length = new byte[4];
    ByteBuffer.wrap(length).order(ByteOrder.nativeOrder()).putInt(utf8.length);
    labels.writeBytes(length);
    labels.writeBytes(utf8);
    return at;
  }

  private static void writeCounters(FileChannel out, List<Counters> reports, ByteBuffer header)
      throws IOException {
    ByteBuffer bytes = buffer(reports.size() * COUNTERS_BYTES);
    for (Counters report : reports) {
      put(bytes, report.place());
      report.values().forEach(bytes::putFloat);
    }
    header.putLong(out.position()).putInt(reports.size());
    writeAll(out, bytes.flip());
  }

  private static void writeSummary(FileChannel out, Block block, Axis axis, ByteBuffer header)
      throws IOException {
    long first = block.first(axis);
    long last = block.last(axis);
    int level = 0;
    while ((last >> level) - (first >> level) >= BUCKETS_MAX) {
      level++;
    }
    Buckets buckets = new Buckets();
    Block.countTicks(block.columns, axis, level, (first >> level) << level, last + 1, buckets);
    ByteBuffer bytes = buffer(buckets.size() * ENTRY_BYTES);
    buckets.forEach(entry ->
        bytes
            .putInt(entry.bucket())
            .putInt(entry.row() << 4 | entry.group())
            .putInt(entry.count())
            .putFloat(entry.longestMs())
            .putLong(entry.sequence()));
    header.putInt(level).putLong(first >> level).putLong(out.position()).putInt(buckets.size());
    writeAll(out, bytes.flip());
  }

  private static byte[] stateBytes(TimelineFold fold) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(fold.rows().all().size());
      for (Row row : fold.rows().all()) {
        out.writeUTF(row.processType());
        out.writeInt(row.slot());
      }
      write(out, fold.last());
      for (List<Slice> slices : List.of(fold.lives(), fold.open())) {
        out.writeInt(slices.size());
        for (Slice slice : slices) {
          out.writeByte(slice.kind().number());
          out.writeInt(slice.row());
          out.writeInt(slice.pid());
          write(out, slice.from());
          out.writeUTF(slice.label());
        }
      }
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Place place) throws IOException {
    for (Axis axis : Axis.values()) {
      out.writeLong(place.at(axis));
    }
  }

  // Reading.

  /// Opens a file; null where it is not one, or not a whole one.
  static @Nullable SealedBlock open(Path file) throws IOException {
    MemorySegment memory;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      if (in.size() < Columns.HEADER_BYTES) {
        return null;
      }
      memory = in.map(FileChannel.MapMode.READ_ONLY, 0, in.size(), Arena.ofAuto());
    }
    ByteBuffer bytes =
        memory.asSlice(0, Columns.HEADER_BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
    if (bytes.getLong() != MAGIC) {
      return null;
    }
    int capacity = bytes.getInt();
    int count = bytes.getInt();
    long baseSequence = bytes.getLong();
    long lastLineCrc = bytes.getLong();
    long slicesAt = bytes.getLong();
    int slices = bytes.getInt();
    long labelsAt = bytes.getLong();
    long countersAt = bytes.getLong();
    int counters = bytes.getInt();
    List<Summary> summaries = new ArrayList<>();
    for (int i = 0; i < Axis.values().length; i++) {
      summaries.add(new Summary(bytes.getInt(), bytes.getLong(), bytes.getLong(), bytes.getInt()));
    }
    long stateAt = bytes.getLong();
    int stateBytes = bytes.getInt();
    long size = bytes.getLong();
    byte[] covered = new byte[bytes.position()];
    long crc = bytes.getLong();
    bytes.get(0, covered);
    if (size != memory.byteSize() || crc != crc(covered)) {
      return null;
    }
    return new SealedBlock(
        memory,
        new Header(
            capacity,
            count,
            baseSequence,
            lastLineCrc,
            slicesAt,
            slices,
            labelsAt,
            countersAt,
            counters,
            List.copyOf(summaries),
            stateAt,
            stateBytes));
  }

  static State state(SealedBlock block) throws IOException {
    BlockFile.Header header = block.header();
    byte[] bytes =
        block
            .columns
            .memory()
            .asSlice(header.stateAt(), header.stateBytes())
            .toArray(ValueLayout.JAVA_BYTE);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      List<Row> rows = new ArrayList<>();
      for (int i = in.readInt(); i > 0; i--) {
        rows.add(new Row(in.readUTF(), in.readInt()));
      }
      Place last = place(in);
      return new State(rows, last, slices(in), slices(in));
    }
  }

  private static List<Slice> slices(DataInputStream in) throws IOException {
    List<Slice> slices = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      Slice.Kind kind = Slice.Kind.of(in.readByte());
      int row = in.readInt();
      int pid = in.readInt();
      Place from = place(in);
      slices.add(new Slice(kind, Slice.End.OPEN, row, pid, from, from, in.readUTF()));
    }
    return slices;
  }

  private static Place place(DataInputStream in) throws IOException {
    return new Place(in.readLong(), in.readLong(), in.readLong(), in.readLong());
  }
}
