package dev.lifeline.events.timeline;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The timeline of one log: see the package.
///
/// Any thread may ask, but never an event loop: it reads files. Who asks [#refresh]es first, so
/// that the answer reaches to the newest event.
public final class TimelineIndex implements AutoCloseable {
  /// Ticks of a block: about 6 MB.
  private static final int CAPACITY = 1 << 17;

  private static final int BATCH = 1000;

  private final JournalReader log;
  private final Path directory;
  private final int capacity;
  private final LineReader lines = new LineReader();
  private final List<SealedBlock> sealed = new ArrayList<>();

  /// Slices that reach over the end of a block, by the event that they begin with and their kind.
  private final Map<String, Slice> crossing = new HashMap<>();

  private boolean opened;
  private OpenBlock head;
  private TimelineFold fold;
  private @Nullable JournalCursor cursor;

  /// @param directory where the blocks are kept; it is made when the first one is full
  public TimelineIndex(JournalReader log, Path directory) {
    this(log, directory, CAPACITY);
  }

  TimelineIndex(JournalReader log, Path directory, int capacity) {
    this.log = log;
    this.directory = directory;
    this.capacity = capacity;
    head = new OpenBlock(1, 0);
    fold = newFold(new Rows(), Place.ORIGIN, List.of(), List.of());
  }

  private TimelineFold newFold(Rows rows, Place last, List<Slice> lives, List<Slice> open) {
    return new TimelineFold(rows, last, lives, open, this::ended);
  }

  private void ended(Slice slice) {
    head.add(slice);
  }

  /// Reads what the log has more than the index.
  ///
  /// @param eventsMax stops after so many
  /// @return whether there is no more
  public synchronized boolean refresh(int eventsMax) throws IOException {
    if (!opened) {
      open();
    }
    JournalCursor reading = cursor;
    if (reading == null) {
      reading = log.cursor(fold.last().sequence() + 1);
      cursor = reading;
    }
    for (int read = 0; read < eventsMax; ) {
      List<JournalLine> batch = reading.next(Math.min(BATCH, eventsMax - read));
      if (batch.isEmpty()) {
        forgetWhatRetentionTook();
        return true;
      }
      for (JournalLine line : batch) {
        add(line);
      }
      read += batch.size();
    }
    return false;
  }

  private void add(JournalLine line) throws IOException {
    Envelope envelope;
    try {
      envelope = line.envelope(lines);
    } catch (EventFormatException e) {
      return; // written by a newer version, or damaged: verify says which
    }
    if (head.isFull()) {
      seal();
    }
    if (head.isEmpty()) {
      head = new OpenBlock(capacity, envelope.sequence() - 1);
    }
    Tick tick = fold.apply(envelope);
    head.add(tick, crc(line));
    if (envelope.event() instanceof StatsEvent.Reported stats) {
      head.add(Counters.of(tick.place(), stats));
    }
  }

  private static long crc(JournalLine line) {
    CRC32C crc = new CRC32C();
    crc.update(line.bytes());
    return crc.getValue();
  }

  private void seal() throws IOException {
    SealedBlock block = BlockFile.write(directory, head, fold);
    sealed.add(block);
    noteCrossing(block);
    head = new OpenBlock(1, 0);
  }

  private void noteCrossing(SealedBlock block) {
    long first = block.firstSequence();
    block.slices(
        Axis.SEQUENCE,
        0,
        slice -> {
          if (slice.from().sequence() < first) {
            crossing.put(slice.from().sequence() + slice.kind().name(), slice);
          }
        });
  }

  // Opening.

  private void open() throws IOException {
    opened = true;
    for (Path file : files()) {
      SealedBlock block = BlockFile.open(file);
      if (block == null || !follows(block) || !isOfThisLog(block)) {
        break;
      }
      sealed.add(block);
      noteCrossing(block);
    }
    for (Path file : files()) {
      boolean known =
          sealed.stream().anyMatch(b -> BlockFile.path(directory, b.firstSequence()).equals(file));
      if (!known) {
        Files.delete(file);
      }
    }
    if (!sealed.isEmpty()) {
      BlockFile.State state = BlockFile.state(sealed.getLast());
      Rows rows = new Rows();
      state.rows().forEach(rows::number);
      fold = newFold(rows, state.last(), state.lives(), state.open());
    }
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(BlockFile::isOne).sorted().toList();
    }
  }

  /// Whether the log has nothing between the block before and this one.
  private boolean follows(SealedBlock block) throws IOException {
    if (sealed.isEmpty()) {
      return true;
    }
    List<JournalLine> next = log.read(sealed.getLast().lastSequence() + 1, 1);
    return !next.isEmpty() && next.getFirst().sequence() == block.firstSequence();
  }

  /// Whether the log has the very line that the block ends with. A block whose lines are gone from
  /// the log altogether is of no use.
  private boolean isOfThisLog(SealedBlock block) throws IOException {
    List<JournalLine> line = log.read(block.lastSequence(), 1);
    return !line.isEmpty()
        && line.getFirst().sequence() == block.lastSequence()
        && crc(line.getFirst()) == block.header().lastLineCrc();
  }

  private void forgetWhatRetentionTook() throws IOException {
    long first = sealed.isEmpty() ? 0 : log.firstSequence();
    while (!sealed.isEmpty() && sealed.getFirst().lastSequence() < first) {
      Files.deleteIfExists(BlockFile.path(directory, sealed.removeFirst().firstSequence()));
      crossing.values().removeIf(slice -> slice.to().sequence() < first);
    }
  }

  // Looking.

  /// The types of events by their numbers.
  public static List<String> types() {
    return Tick.TYPES;
  }

  /// The counters by their numbers.
  public static List<String> counterNames() {
    return Counters.NAMES;
  }

  public synchronized List<Row> rows() {
    return List.copyOf(fold.rows().all());
  }

  /// The oldest event that is known; [Place#ORIGIN] when there is none. Its WAL position is the
  /// first that the log tells, which the first events do not.
  public synchronized Place first() {
    List<Block> all = blocks();
    if (all.isEmpty()) {
      return Place.ORIGIN;
    }
    Place first = all.getFirst().columns.place(0);
    long lsn = first.lsn();
    for (Block block : all) {
      if (lsn != 0) {
        break;
      }
      lsn =
          block.last(Axis.LSN) == 0
              ? 0
              : block.columns.at(Axis.LSN, block.columns.before(Axis.LSN, 1));
    }
    return new Place(first.time(), first.active(), lsn, first.sequence());
  }

  /// The newest event that is known.
  public synchronized Place last() {
    return fold.last();
  }

  private List<Block> blocks() {
    List<Block> all = new ArrayList<>(sealed);
    if (!head.isEmpty()) {
      all.add(head);
    }
    return all;
  }

  /// Makes a tile.
  public synchronized Tile tile(Axis axis, int level, long index, TickFilter filter) {
    Tile tile = new Tile(axis, level, index);
    long from = tile.from();
    long to = tile.to();
    List<Block> touched = new ArrayList<>();
    for (Block block : blocks()) {
      if (block.last(axis) >= from && block.first(axis) < to) {
        touched.add(block);
        tile.total += block.columns.before(axis, to) - block.columns.before(axis, from);
      }
    }
    tile.complete = fold.last().at(axis) >= to;
    tile.lastSequence = fold.last().sequence();
    tile.counted = tile.total > Tile.TICKS_MAX;
    if (filter.admitsAll()) {
      fill(tile, touched);
    } else {
      fill(tile, touched, filter.over(fold.rows().all()));
    }
    slices(tile, touched);
    for (Block block : touched) {
      for (Counters report : block.counters()) {
        long at = report.place().at(axis);
        if (at >= from && at < to) {
          tile.add(report);
        }
      }
    }
    anchors(tile);
    return tile;
  }

  /// Counts a stretch, from the summaries where they serve.
  synchronized Buckets counts(Axis axis, int level, long from, long to) {
    Buckets into = new Buckets();
    blocks().forEach(block -> block.count(axis, level, from, to, into));
    return into;
  }

  private static void fill(Tile tile, List<Block> touched) {
    for (Block block : touched) {
      if (tile.counted) {
        block.count(tile.axis, tile.level, tile.from(), tile.to(), tile.buckets);
        continue;
      }
      Columns columns = block.columns;
      int end = columns.before(tile.axis, tile.to());
      for (int i = columns.before(tile.axis, tile.from()); i < end; i++) {
        tile.ticks.add(columns.tick(i));
      }
    }
  }

  /// With a filter every tick is looked at. Whether the tile counts is decided by what is left.
  private static void fill(Tile tile, List<Block> touched, TickFilter.Test filter) {
    tile.total = 0;
    for (Block block : touched) {
      if (!block.mayHave(filter)) {
        continue;
      }
      Columns columns = block.columns;
      int end = columns.before(tile.axis, tile.to());
      for (int i = columns.before(tile.axis, tile.from()); i < end; i++) {
        if (!filter.wanted(columns, i)) {
          continue;
        }
        tile.total++;
        if (tile.ticks.size() < Tile.TICKS_MAX) {
          tile.ticks.add(columns.tick(i));
        }
        tile.buckets.add(
            (columns.at(tile.axis, i) - tile.from()) >> tile.level,
            columns.row(i),
            columns.group(i).number(),
            1,
            columns.durationMs(i),
            columns.sequence(i));
      }
    }
    tile.counted = tile.total > Tile.TICKS_MAX;
    if (tile.counted) {
      tile.ticks.clear();
    }
  }

  /// Those that ended in the blocks that the tile touches; those that reach over the end of a block
  /// from somewhere before the tile's end; those that are open.
  private void slices(Tile tile, List<Block> touched) {
    long width = tile.counted ? 1L << tile.level : 0;
    Map<String, Slice> found = new HashMap<>();
    for (Block block : touched) {
      block.slices(tile.axis, width, slice -> take(found, slice, tile));
    }
    for (Slice slice : crossing.values()) {
      if (slice.to().at(tile.axis) - slice.from().at(tile.axis) >= width) {
        take(found, slice, tile);
      }
    }
    // What has ended since the last block was full may have begun long before.
    if (!touched.contains(head)) {
      head.slices(tile.axis, width, slice -> take(found, slice, tile));
    }
    for (List<Slice> open : List.of(fold.lives(), fold.open())) {
      open.forEach(slice -> take(found, slice, tile));
    }
    List<Slice> all = new ArrayList<>(found.values());
    all.sort((a, b) -> Long.compare(length(b, tile.axis), length(a, tile.axis)));
    tile.slices.addAll(all.subList(0, Math.min(all.size(), Tile.SLICES_MAX)));
  }

  private static long length(Slice slice, Axis axis) {
    return slice.end() == Slice.End.OPEN
        ? Long.MAX_VALUE
        : slice.to().at(axis) - slice.from().at(axis);
  }

  private static void take(Map<String, Slice> found, Slice slice, Tile tile) {
    if (slice.overlaps(tile.axis, tile.from(), tile.to())) {
      found.put(slice.from().sequence() + slice.kind().name(), slice);
    }
  }

  /// How the axis relates to the others, at regular places.
  private void anchors(Tile tile) {
    long step = (long) Tile.anchorEvery() << tile.level;
    long before = -1;
    for (long at = tile.from(); at <= tile.to(); at += step) {
      Place place = lastBefore(tile.axis, at + 1);
      if (place != null && place.sequence() != before) {
        tile.anchors.add(place);
        before = place.sequence();
      }
    }
  }

  /// The last event up to a coordinate; null where the log begins after it.
  public synchronized @Nullable Place locate(Axis axis, long coordinate) {
    return lastBefore(axis, coordinate == Long.MAX_VALUE ? coordinate : coordinate + 1);
  }

  private @Nullable Place lastBefore(Axis axis, long coordinate) {
    List<Block> all = blocks();
    for (Block block : all.reversed()) {
      if (block.first(axis) < coordinate) {
        return block.columns.place(block.columns.before(axis, coordinate) - 1);
      }
    }
    return null;
  }

  /// The tick of an event; null where it is not known.
  public synchronized @Nullable Tick tick(long sequence) {
    for (Block block : blocks()) {
      if (sequence >= block.firstSequence() && sequence <= block.lastSequence()) {
        int i = block.columns.before(Axis.SEQUENCE, sequence);
        return block.columns.sequence(i) == sequence ? block.columns.tick(i) : null;
      }
    }
    return null;
  }

  /// The events that an event brought about, in order, at most so many.
  ///
  /// @param within how many events after it are looked at
  public synchronized List<Tick> effects(long sequence, int within, int limit) {
    List<Tick> effects = new ArrayList<>();
    for (Block block : blocks()) {
      if (block.lastSequence() <= sequence || block.firstSequence() > sequence + within) {
        continue;
      }
      Columns columns = block.columns;
      for (int i = columns.before(Axis.SEQUENCE, sequence + 1); i < columns.count(); i++) {
        long at = columns.sequence(i);
        if (at > sequence + within || effects.size() >= limit) {
          return effects;
        }
        if (columns.causeBack(i) == at - sequence) {
          effects.add(columns.tick(i));
        }
      }
    }
    return effects;
  }

  /// How often each type of event happened from a sequence to another, both included; by the
  /// numbers of the types.
  public synchronized List<Long> countTypes(long from, long to) {
    long[] counts = new long[Tick.TYPES.size()];
    for (Block block : blocks()) {
      Columns columns = block.columns;
      int end = columns.before(Axis.SEQUENCE, to + 1);
      for (int i = columns.before(Axis.SEQUENCE, from); i < end; i++) {
        counts[columns.type(i)]++;
      }
    }
    return Arrays.stream(counts).boxed().toList();
  }

  /// The wanted events after (or, with a negative limit, before) an event, the nearest first.
  public synchronized List<Tick> neighbours(long sequence, int limit, TickFilter filter) {
    TickFilter.Test test = filter.over(fold.rows().all());
    List<Tick> found = new ArrayList<>();
    List<Block> all = blocks();
    boolean back = limit < 0;
    for (Block block : back ? all.reversed() : all) {
      if (!block.mayHave(test)) {
        continue;
      }
      Columns columns = block.columns;
      int step = back ? -1 : 1;
      int start =
          back
              ? columns.before(Axis.SEQUENCE, sequence) - 1
              : columns.before(Axis.SEQUENCE, sequence + 1);
      for (int i = start; i >= 0 && i < columns.count(); i += step) {
        if (test.wanted(columns, i)) {
          found.add(columns.tick(i));
          if (found.size() >= Math.abs(limit)) {
            return found;
          }
        }
      }
    }
    return found;
  }

  @Override
  public synchronized void close() throws IOException {
    JournalCursor reading = cursor;
    cursor = null;
    if (reading != null) {
      reading.close();
    }
  }
}
