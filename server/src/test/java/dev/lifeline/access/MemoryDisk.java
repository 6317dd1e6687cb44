package dev.lifeline.access;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files in memory whose operations complete at once, on the calling thread: for tests that are not
/// about disks. Safe for any thread.
public final class MemoryDisk implements Disk {
  private static final class Content {
    private byte[] bytes = new byte[0];
    private int size;

    synchronized int read(MemorySegment into, long offset) {
      int n = (int) Math.max(0, Math.min(into.byteSize(), size - offset));
      MemorySegment.copy(MemorySegment.ofArray(bytes), offset, into, 0, n);
      return n;
    }

    synchronized void write(MemorySegment from, long offset) {
      resize((int) Math.max(size, offset + from.byteSize()));
      MemorySegment.copy(from, 0, MemorySegment.ofArray(bytes), offset, from.byteSize());
    }

    synchronized void resize(int newSize) {
      if (newSize > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(newSize, bytes.length * 2));
      }
      if (newSize < size) {
        Arrays.fill(bytes, newSize, size, (byte) 0);
      }
      size = newSize;
    }

    synchronized Content copy() {
      Content copy = new Content();
      copy.bytes = bytes.clone();
      copy.size = size;
      return copy;
    }

    synchronized int size() {
      return size;
    }
  }

  private final Map<String, Content> files;

  public MemoryDisk() {
    this(new TreeMap<>());
  }

  private MemoryDisk(Map<String, Content> files) {
    this.files = files;
  }

  /// The same files at this instant, apart from then on.
  public synchronized MemoryDisk copy() {
    Map<String, Content> copies = new TreeMap<>();
    files.forEach((path, content) -> copies.put(path, content.copy()));
    return new MemoryDisk(copies);
  }

  @Override
  public synchronized Future<DiskFile> open(String path) {
    Content content = files.get(path);
    return content != null
        ? Future.succeededFuture(new Handle(path, content))
        : Future.failedFuture(
            PgException.error(SqlState.UNDEFINED_FILE, "could not open file \"%s\"", path));
  }

  @Override
  public synchronized Future<DiskFile> create(String path) {
    return Future.succeededFuture(
        new Handle(path, files.computeIfAbsent(path, key -> new Content())));
  }

  @Override
  public synchronized Future<Boolean> exists(String path) {
    return Future.succeededFuture(files.containsKey(path));
  }

  @Override
  public synchronized Future<List<String>> list(String directory) {
    String prefix = directory + "/";
    return Future.succeededFuture(
        files.keySet().stream()
            .filter(path -> path.startsWith(prefix))
            .map(path -> path.substring(prefix.length()))
            .filter(name -> name.indexOf('/') < 0)
            .toList());
  }

  @Override
  public Future<Void> createDirectory(String directory) {
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> delete(String path) {
    files.remove(path);
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> rename(String from, String to) {
    Content content = files.remove(from);
    if (content != null) {
      files.put(to, content);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> syncDirectory(String directory) {
    return Future.succeededFuture();
  }

  @Override
  public Disk dedicated() {
    return this;
  }

  @Override
  public Future<Void> abandon() {
    return Future.succeededFuture();
  }

  private record Handle(String path, Content content) implements DiskFile {
    @Override
    public Future<Integer> read(MemorySegment into, long offset) {
      return Future.succeededFuture(content.read(into, offset));
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      content.write(from, offset);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> sync() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Long> size() {
      return Future.succeededFuture((long) content.size());
    }

    @Override
    public Future<Void> truncate(long size) {
      content.resize((int) size);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
