package dev.lifeline.sim;

import dev.lifeline.events.journal.JournalFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.Stream;

/// The event log's directory on the simulated disk. What the system sees is also in a real
/// directory, because that is where the log's readers read; a loss of power changes both.
final class SimJournalFiles implements JournalFiles {
  private static final String PLATTER = "pg_events";

  private final Path directory;
  private final Random random;
  private final Trace trace;
  private final SimPlatter platter = new SimPlatter();
  private int writesUntilFailure;
  private int syncsUntilFailure;
  private int failuresLeft;
  private boolean dying;

  /// The process is killed in the middle of a write.
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed while it writes the event log", null, false, false);
    }
  }

  SimJournalFiles(Random random, Trace trace) throws IOException {
    this.random = random;
    this.trace = trace;
    directory = Files.createTempDirectory("lifeline-sim-events");
  }

  /// In this life the disk may be full, or fail to sync, for some time.
  void beginLife() {
    writesUntilFailure = random.nextInt(5) == 0 ? 1 + random.nextInt(40) : 0;
    syncsUntilFailure = random.nextInt(5) == 0 ? 1 + random.nextInt(20) : 0;
    failuresLeft = 1 + random.nextInt(5);
  }

  /// The next write is the last, and comes to a part of it.
  void die() {
    dying = true;
  }

  /// Nobody writes any more.
  void dead() {
    dying = false;
    writesUntilFailure = 0;
    syncsUntilFailure = 0;
  }

  /// The machine loses power: what was not synced is there in part, in any order.
  void losePower() throws IOException {
    platter.losePower(random);
    deleteFiles();
    for (String path : platter.files()) {
      SimPlatter.Inode inode = platter.find(path);
      byte[] content = new byte[platter.size(path)];
      if (inode != null) {
        inode.read(MemorySegment.ofArray(content), 0);
      }
      Files.write(directory.resolve(path.substring(PLATTER.length() + 1)), content);
    }
  }

  private void deleteFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /// The run is over.
  void delete() throws IOException {
    deleteFiles();
    Files.delete(directory);
  }

  private static String name(String name) {
    return PLATTER + "/" + name;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return new Segment(
        platter.create(name(name)),
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /// Written under another name and synced before it gets its own, as on a real disk.
  @Override
  public void replace(String name, ByteBuffer content) throws IOException {
    String temporary = name(name) + ".tmp";
    platter.delete(temporary);
    SimPlatter.Inode inode = platter.create(temporary);
    inode.write(MemorySegment.ofBuffer(content), 0);
    inode.sync();
    platter.rename(temporary, name(name));
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    Files.write(directory.resolve(name), bytes);
  }

  @Override
  public void delete(String name) throws IOException {
    platter.delete(name(name));
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void syncDirectory() {
    platter.syncDirectory(PLATTER);
  }

  /// Whether the disk fails now; it does so several times before it recovers.
  private boolean fails(int operationsLeft) {
    if (operationsLeft != 1 || failuresLeft == 0) {
      return false;
    }
    failuresLeft--;
    return true;
  }

  /// A file of the log.
  private final class Segment implements SegmentFile {
    private final SimPlatter.Inode inode;
    private final FileChannel mirror;

    Segment(SimPlatter.Inode inode, FileChannel mirror) {
      this.inode = inode;
      this.mirror = mirror;
    }

    @Override
    public long size() {
      return inode.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      inode.truncate((int) size);
      mirror.truncate(size);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      if (dying) {
        put(bytes.slice(bytes.position(), random.nextInt(bytes.remaining() + 1)), position);
        throw new Killed();
      }
      if (fails(writesUntilFailure)) {
        trace.tell(() -> "the event log's disk is full");
        put(bytes.slice(bytes.position(), random.nextInt(bytes.remaining())), position);
        throw new IOException("No space left on device");
      }
      if (writesUntilFailure > 1) {
        writesUntilFailure--;
      }
      put(bytes, position);
    }

    private void put(ByteBuffer bytes, long position) throws IOException {
      inode.write(MemorySegment.ofBuffer(bytes), position);
      mirror.write(bytes, position);
    }

    @Override
    public void force() throws IOException {
      if (fails(syncsUntilFailure)) {
        trace.tell(() -> "a sync of the event log fails");
        inode.failSync(random);
        throw new IOException("Input/output error");
      }
      if (syncsUntilFailure > 1) {
        syncsUntilFailure--;
      }
      inode.sync();
    }

    @Override
    public void close() throws IOException {
      mirror.close();
    }
  }
}
