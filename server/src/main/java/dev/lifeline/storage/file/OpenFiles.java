package dev.lifeline.storage.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The open files of a [FileDisk], the least recently used of which is closed when there are too
/// many, as PostgreSQL's virtual file descriptors are. Used on the disk's own threads, which may
/// block. Guard: `this` for the table and the counts of users.
final class OpenFiles {
  static final FileAttribute<?> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  static final FileAttribute<?> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Set<OpenOption> EXISTING =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
  private static final Set<OpenOption> CREATED =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

  private final int openMax;
  private final Map<Entry, FileChannel> open = new LinkedHashMap<>(64, 0.75f, true);

  OpenFiles(int openMax) {
    this.openMax = openMax;
  }

  Entry entry(Path path) {
    return new Entry(path);
  }

  synchronized void close(Entry entry) throws IOException {
    FileChannel channel = open.remove(entry);
    if (channel != null) {
      channel.close();
    }
  }

  synchronized void closeAll() {
    for (FileChannel channel : open.values()) {
      closeQuietly(channel);
    }
    open.clear();
  }

  /// What is lost by a failing close of a file that was synced, or of one that the next sync opens
  /// again, is told by that sync.
  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The kernel reports a failed write-back to the sync that follows, also through a new handle.
    }
  }

  private synchronized @Nullable FileChannel use(Entry entry) {
    FileChannel channel = open.get(entry);
    if (channel != null) {
      entry.users++;
    }
    return channel;
  }

  private synchronized FileChannel opened(Entry entry, FileChannel channel) {
    FileChannel other = open.get(entry);
    if (other != null) {
      closeQuietly(channel);
      entry.users++;
      return other;
    }
    entry.users++;
    open.put(entry, channel);
    if (open.size() > openMax) {
      closeLeastRecentlyUsed();
    }
    return channel;
  }

  private void closeLeastRecentlyUsed() {
    var entries = open.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Entry, FileChannel> candidate = entries.next();
      if (candidate.getKey().users == 0) {
        closeQuietly(candidate.getValue());
        entries.remove();
        return;
      }
    }
  }

  private synchronized void done(Entry entry) {
    entry.users--;
  }

  /// One user's hold on a file, which may be open or not.
  final class Entry {
    private final Path path;
    private int users;

    private Entry(Path path) {
      this.path = path;
    }

    void open(boolean create) throws IOException {
      FileChannel channel = FileChannel.open(path, create ? CREATED : EXISTING, FILE_MODE);
      opened(this, channel);
      done(this);
    }

    private FileChannel acquire() throws IOException {
      FileChannel channel = use(this);
      return channel != null ? channel : opened(this, FileChannel.open(path, EXISTING));
    }

    int read(MemorySegment into, long offset) throws IOException {
      FileChannel channel = acquire();
      try {
        ByteBuffer buffer = into.asByteBuffer();
        int total = 0;
        while (buffer.hasRemaining()) {
          int n = channel.read(buffer, offset + total);
          if (n < 0) {
            break;
          }
          total += n;
        }
        return total;
      } finally {
        done(this);
      }
    }

    void write(MemorySegment from, long offset) throws IOException {
      FileChannel channel = acquire();
      try {
        ByteBuffer buffer = from.asByteBuffer();
        long at = offset;
        while (buffer.hasRemaining()) {
          at += channel.write(buffer, at);
        }
      } finally {
        done(this);
      }
    }

    /// The size is part of what is forced, the times are not: fdatasync.
    void sync() throws IOException {
      FileChannel channel = acquire();
      try {
        channel.force(false);
      } finally {
        done(this);
      }
    }

    long size() throws IOException {
      FileChannel channel = acquire();
      try {
        return channel.size();
      } finally {
        done(this);
      }
    }

    void truncate(long size) throws IOException {
      FileChannel channel = acquire();
      try {
        channel.truncate(size);
      } finally {
        done(this);
      }
    }
  }
}
