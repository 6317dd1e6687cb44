package dev.lifeline.sim;

import dev.lifeline.events.journal.JournalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Files of the event log that do what others do, except for what a subclass does wrong.
class JournalFilesWrapper implements JournalFiles {
  private final JournalFiles files;

  JournalFilesWrapper(JournalFiles files) {
    this.files = files;
  }

  boolean forgetsForce() {
    return false;
  }

  boolean forgetsTruncate() {
    return false;
  }

  /// How often the next write is made.
  int copies() {
    return 1;
  }

  @Override
  public final Path directory() {
    return files.directory();
  }

  @Override
  public final SegmentFile open(String name) throws IOException {
    return new Wrapped(files.open(name));
  }

  @Override
  public final void replace(String name, ByteBuffer content) throws IOException {
    files.replace(name, content);
  }

  @Override
  public final void delete(String name) throws IOException {
    files.delete(name);
  }

  @Override
  public final void syncDirectory() throws IOException {
    files.syncDirectory();
  }

  /// A file behind the wrapper.
  private final class Wrapped implements SegmentFile {
    private final SegmentFile file;

    Wrapped(SegmentFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      if (!forgetsTruncate()) {
        file.truncate(size);
      }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      int length = bytes.remaining();
      for (int copies = copies(); copies > 0; copies--) {
        file.write(bytes.slice(), position);
        position += length;
      }
    }

    @Override
    public void force() throws IOException {
      if (!forgetsForce()) {
        file.force();
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
