package dev.lifeline.storage.file;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Another disk's files, that can be changed without changing them: what is written stays in
/// memory. So a check can let recovery run on a data directory and leave it as it is.
///
/// Guard: `this` for the names, each file for its content.
public final class ShadowDisk implements Disk {
  private static final int BLOCK = 8192;

  private final Disk disk;

  /// The files that were opened, made, renamed or deleted; empty where there is none any more.
  private final Map<String, Optional<Shadow>> shadows = new HashMap<>();

  public ShadowDisk(Disk disk) {
    this.disk = disk;
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : path.substring(0, slash);
  }

  private synchronized Optional<Shadow> find(String path) {
    Optional<Shadow> found = shadows.get(path);
    return found == null ? Optional.empty() : found;
  }

  private synchronized boolean isKnown(String path) {
    return shadows.containsKey(path);
  }

  private synchronized Shadow put(String path, Shadow shadow) {
    Optional<Shadow> other = shadows.get(path);
    if (other != null && other.isPresent()) {
      return other.get();
    }
    shadows.put(path, Optional.of(shadow));
    return shadow;
  }

  private Future<Shadow> shadow(String path) {
    if (isKnown(path)) {
      return find(path)
          .map(Future::succeededFuture)
          .orElseGet(() ->
              Future.failedFuture(
                  PgException.error(
                      SqlState.UNDEFINED_FILE,
                      "could not open file \"%s\": No such file or directory",
                      path)));
    }
    return disk.open(path)
        .compose(file -> file.size().map(size -> put(path, new Shadow(file, size))));
  }

  @Override
  public Future<DiskFile> open(String path) {
    return shadow(path).map(shadow -> new Handle(path, shadow));
  }

  @Override
  public Future<DiskFile> create(String path) {
    return exists(path)
        .compose(exists ->
            exists
                ? open(path)
                : Future.succeededFuture(new Handle(path, put(path, new Shadow(null, 0)))));
  }

  @Override
  public Future<Boolean> exists(String path) {
    return isKnown(path) ? Future.succeededFuture(find(path).isPresent()) : disk.exists(path);
  }

  @Override
  public Future<List<String>> list(String directory) {
    return disk.list(directory).map(names -> List.copyOf(changed(directory, names)));
  }

  private synchronized Set<String> changed(String directory, List<String> names) {
    Set<String> all = new TreeSet<>(names);
    for (Map.Entry<String, Optional<Shadow>> entry : shadows.entrySet()) {
      String path = entry.getKey();
      if (parent(path).equals(directory)) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        all.remove(name);
        if (entry.getValue().isPresent()) {
          all.add(name);
        }
      }
    }
    return all;
  }

  @Override
  public Future<Void> createDirectory(String directory) {
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> delete(String path) {
    shadows.put(path, Optional.empty());
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> rename(String from, String to) {
    return shadow(from)
        .map(shadow -> {
          synchronized (this) {
            shadows.put(to, Optional.of(shadow));
            shadows.put(from, Optional.empty());
          }
          return null;
        });
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
    return disk.abandon();
  }

  /// A file's content: the blocks that were written, above those of the file below.
  private static final class Shadow {
    private final Optional<DiskFile> below;
    private final Map<Long, byte[]> blocks = new HashMap<>();
    private long size;

    /// Bytes of the file below that still count: less after a truncation.
    private long sizeBelow;

    Shadow(@Nullable DiskFile below, long size) {
      this.below = Optional.ofNullable(below);
      this.size = size;
      this.sizeBelow = size;
    }

    synchronized long size() {
      return size;
    }

    synchronized void truncate(long newSize) {
      size = newSize;
      sizeBelow = Math.min(sizeBelow, newSize);
      blocks.keySet().removeIf(block -> block * BLOCK >= newSize);
      byte[] last = blocks.get(newSize / BLOCK);
      if (last != null) {
        Arrays.fill(last, (int) (newSize % BLOCK), BLOCK, (byte) 0);
      }
    }

    Future<Integer> read(MemorySegment into, long offset) {
      int bytes = (int) Math.clamp(size() - offset, 0, into.byteSize());
      long fromBelow = Math.clamp(sizeBelow - offset, 0, bytes);
      into.asSlice(0, bytes).fill((byte) 0);
      Future<Integer> there =
          below.isPresent() && fromBelow > 0
              ? below.get().read(into.asSlice(0, fromBelow), offset)
              : Future.succeededFuture(0);
      return there.map(ignored -> {
        overlay(into, offset, bytes);
        return bytes;
      });
    }

    private synchronized void overlay(MemorySegment into, long offset, int bytes) {
      for (long at = offset; at < offset + bytes; ) {
        int inBlock = (int) (at % BLOCK);
        int n = (int) Math.min(BLOCK - inBlock, offset + bytes - at);
        byte[] block = blocks.get(at / BLOCK);
        if (block != null) {
          MemorySegment.copy(MemorySegment.ofArray(block), inBlock, into, at - offset, n);
        }
        at += n;
      }
    }

    /// The blocks that are written in part are brought up from below first.
    Future<Void> write(MemorySegment from, long offset) {
      long end = offset + from.byteSize();
      return load(offset / BLOCK, offset % BLOCK != 0)
          .compose(ignored -> load(end / BLOCK, end % BLOCK != 0))
          .map(ignored -> {
            put(from, offset);
            return null;
          });
    }

    private Future<Void> load(long block, boolean needed) {
      synchronized (this) {
        if (!needed || blocks.containsKey(block)) {
          return Future.succeededFuture();
        }
      }
      byte[] content = new byte[BLOCK];
      MemorySegment copy = Arena.ofAuto().allocate(BLOCK, 8);
      return read(copy, block * BLOCK)
          .map(ignored -> {
            MemorySegment.copy(copy, 0, MemorySegment.ofArray(content), 0, BLOCK);
            synchronized (this) {
              blocks.putIfAbsent(block, content);
            }
            return null;
          });
    }

    private synchronized void put(MemorySegment from, long offset) {
      long end = offset + from.byteSize();
      for (long at = offset; at < end; ) {
        int inBlock = (int) (at % BLOCK);
        int n = (int) Math.min(BLOCK - inBlock, end - at);
        byte[] block = blocks.computeIfAbsent(at / BLOCK, ignored -> new byte[BLOCK]);
        MemorySegment.copy(from, at - offset, MemorySegment.ofArray(block), inBlock, n);
        at += n;
      }
      size = Math.max(size, end);
    }
  }

  private static final class Handle implements DiskFile {
    private final String path;
    private final Shadow shadow;

    Handle(String path, Shadow shadow) {
      this.path = path;
      this.shadow = shadow;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Future<Integer> read(MemorySegment into, long offset) {
      return shadow.read(into, offset);
    }

    @Override
    public Future<Void> write(MemorySegment from, long offset) {
      return shadow.write(from, offset);
    }

    @Override
    public Future<Void> sync() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Long> size() {
      return Future.succeededFuture(shadow.size());
    }

    @Override
    public Future<Void> truncate(long size) {
      shadow.truncate(size);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
