package dev.lifeline.events.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// What the journal does to its directory. A seam, so that tests can fill the disk.
public interface JournalFiles {
  Path directory();

  /// Opens a file for writing; creates it when it is missing.
  SegmentFile open(String name) throws IOException;

  /// Puts a small file in place at once, or not at all.
  void replace(String name, ByteBuffer content) throws IOException;

  void delete(String name) throws IOException;

  /// Makes creations and deletions durable.
  void syncDirectory() throws IOException;

  /// A file that is being written.
  interface SegmentFile extends Closeable {
    long size() throws IOException;

    void truncate(long size) throws IOException;

    /// Writes all that remains in the buffer.
    void write(ByteBuffer bytes, long position) throws IOException;

    void force() throws IOException;
  }

  /// The files of a real directory, which is created when it is missing.
  static JournalFiles local(Path directory) throws IOException {
    Local files = new Local(directory);
    Path parent = directory.getParent();
    if (Files.notExists(directory)) {
      Files.createDirectories(directory);
      if (parent != null) {
        new Local(parent).syncDirectory(); // what is in it must not be lost with its name
      }
    }
    return files;
  }

  /// The real thing.
  record Local(Path directory) implements JournalFiles {
    @Override
    public SegmentFile open(String name) throws IOException {
      return new LocalSegment(
          FileChannel.open(
              directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    @Override
    public void replace(String name, ByteBuffer content) throws IOException {
      Path temporary = directory.resolve(name + ".tmp");
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(false); // a name that outlives the power must not outlive its content
      }
      Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
      Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void syncDirectory() throws IOException {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// A file channel behind the seam.
  record LocalSegment(FileChannel channel) implements SegmentFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
