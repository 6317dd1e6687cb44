package dev.lifeline.events.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Real files on a disk that fails when it is told to.
final class FaultyFiles implements JournalFiles {
  private final JournalFiles real;

  /// How many more bytes fit; a write that does not fit stops in the middle, as on a real disk.
  volatile long freeBytes = Long.MAX_VALUE;

  volatile boolean failForce;

  FaultyFiles(Path directory) throws IOException {
    real = JournalFiles.local(directory);
  }

  @Override
  public Path directory() {
    return real.directory();
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return new FaultySegment(real.open(name));
  }

  @Override
  public void replace(String name, ByteBuffer content) throws IOException {
    if (freeBytes < content.remaining()) {
      throw new IOException("No space left on device");
    }
    real.replace(name, content);
  }

  @Override
  public void delete(String name) throws IOException {
    real.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    real.syncDirectory();
  }

  private final class FaultySegment implements SegmentFile {
    private final SegmentFile file;

    FaultySegment(SegmentFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      long free = freeBytes;
      if (free >= bytes.remaining()) {
        if (free != Long.MAX_VALUE) {
          freeBytes = free - bytes.remaining();
        }
        file.write(bytes, position);
        return;
      }
      file.write(bytes.slice(bytes.position(), (int) free), position);
      freeBytes = 0;
      throw new IOException("No space left on device");
    }

    @Override
    public void force() throws IOException {
      if (failForce) {
        // What a kernel does: the pages are dropped, and the next fsync knows nothing of it.
        failForce = false;
        long keep = file.size() / 2;
        long lost = file.size() - keep;
        file.write(
            ByteBuffer.allocate((int) Math.min(lost, 200)), file.size() - Math.min(lost, 200));
        throw new IOException("Input/output error");
      }
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
