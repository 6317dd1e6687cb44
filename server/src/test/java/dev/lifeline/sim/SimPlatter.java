package dev.lifeline.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is on the simulated disk, in two versions: as the running system sees it, and as it would
/// be found after a loss of power.
final class SimPlatter {
  private static final int SECTOR = 512;

  /// Names as the system sees them, and as they are durable.
  private final Map<String, Inode> names = new TreeMap<>();

  private final Map<String, Inode> durableNames = new TreeMap<>();
  private final Map<String, List<Runnable>> unsynced = new TreeMap<>();

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : path.substring(0, slash);
  }

  @Nullable Inode find(String path) {
    return names.get(path);
  }

  Inode create(String path) {
    Inode inode = names.get(path);
    if (inode == null) {
      inode = new Inode();
      Inode made = inode;
      names.put(path, inode);
      pending(parent(path)).add(() -> durableNames.put(path, made));
    }
    return inode;
  }

  private List<Runnable> pending(String directory) {
    return unsynced.computeIfAbsent(directory, ignored -> new ArrayList<>());
  }

  void createDirectory(String directory) {
    names.putIfAbsent(directory, new Inode());
    durableNames.putIfAbsent(directory, new Inode());
  }

  void delete(String path) {
    if (names.remove(path) != null) {
      pending(parent(path)).add(() -> durableNames.remove(path));
    }
  }

  void rename(String from, String to) {
    Inode inode = names.remove(from);
    if (inode == null) {
      throw dev.lifeline.utils.error.PgException.error(
          dev.lifeline.utils.error.SqlState.UNDEFINED_FILE,
          "could not rename file \"%s\": No such file or directory",
          from);
    }
    names.put(to, inode);
    pending(parent(to))
        .add(() -> {
          durableNames.remove(from);
          durableNames.put(to, inode);
        });
  }

  List<String> list(String directory) {
    List<String> found = new ArrayList<>();
    for (String path : names.keySet()) {
      if (parent(path).equals(directory) && !path.equals(".")) {
        found.add(path.substring(directory.length() + 1));
      }
    }
    return found;
  }

  void syncDirectory(String directory) {
    List<Runnable> pending = unsynced.remove(directory);
    if (pending != null) {
      pending.forEach(Runnable::run);
    }
  }

  /// The machine loses power: what was not synced is there in part.
  void losePower(Random random) {
    for (List<Runnable> pending : unsynced.values()) {
      int survive = random.nextInt(pending.size() + 1);
      pending.subList(0, survive).forEach(Runnable::run);
    }
    unsynced.clear();
    for (Inode inode : durableNames.values()) {
      inode.losePower(random);
    }
    names.clear();
    names.putAll(durableNames);
  }

  /// Another platter with the same content. Nothing may be unsynced.
  SimPlatter copy() {
    SimPlatter copy = new SimPlatter();
    names.forEach((path, inode) -> copy.names.put(path, inode.copy()));
    copy.durableNames.putAll(copy.names);
    return copy;
  }

  /// The paths of all files.
  List<String> files() {
    return List.copyOf(names.keySet());
  }

  int size(String path) {
    Inode inode = names.get(path);
    return inode == null ? 0 : inode.size();
  }

  /// A bit of a file is not any more what was written.
  void rot(String path, int bit) {
    Inode inode = names.get(path);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    inode.rot(bit);
  }

  /// Everything that was written is on the platter.
  void settle() {
    unsynced.values().forEach(pending -> pending.forEach(Runnable::run));
    unsynced.clear();
    names.values().forEach(Inode::sync);
  }

  /// A file's content.
  static final class Inode {
    private byte[] seen = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private int durableSize;

    /// Sectors that were written since the last sync.
    private final BitSet dirty = new BitSet();

    /// Sectors of a sync that has failed, which nobody will write again by himself.
    private final BitSet stale = new BitSet();

    int size() {
      return size;
    }

    Inode copy() {
      Inode copy = new Inode();
      copy.seen = Arrays.copyOf(seen, size);
      copy.size = size;
      copy.durable = copy.seen.clone();
      copy.durableSize = size;
      return copy;
    }

    void rot(int bit) {
      seen[bit >> 3] ^= (byte) (1 << (bit & 7));
    }

    /// A sync that has failed, as Linux fails it: of what was written some is on the platter, the
    /// rest never will be, but is still seen until the power fails. Redo writes it again, from the
    /// full images that the WAL has. For the WAL itself neither PostgreSQL nor Lifeline has a
    /// remedy: both believe what is seen of it after the restart. So this is for other files only.
    void failSync(Random random) {
      if (durable.length < seen.length) {
        durable = Arrays.copyOf(durable, seen.length);
      }
      for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
        if (random.nextBoolean()) {
          copySector(seen, durable, s);
        }
      }
      stale.or(dirty);
      dirty.clear();
    }

    int read(MemorySegment into, long offset) {
      int n = (int) Math.clamp(size - offset, 0, into.byteSize());
      MemorySegment.copy(seen, (int) offset, into, ValueLayout.JAVA_BYTE, 0, n);
      return n;
    }

    void write(MemorySegment from, long offset) {
      int end = (int) (offset + from.byteSize());
      grow(end);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, seen, (int) offset, (int) from.byteSize());
      dirty.set((int) offset / SECTOR, (end + SECTOR - 1) / SECTOR);
      size = Math.max(size, end);
    }

    private void grow(int length) {
      if (length > seen.length) {
        seen = Arrays.copyOf(seen, Math.max(length, seen.length * 2));
      }
    }

    void truncate(int newSize) {
      grow(newSize);
      if (newSize < size) {
        Arrays.fill(seen, newSize, size, (byte) 0);
        dirty.set(newSize / SECTOR, (size + SECTOR - 1) / SECTOR);
      }
      size = newSize;
    }

    void sync() {
      if (durable.length < seen.length) {
        durable = Arrays.copyOf(durable, seen.length);
      }
      for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
        copySector(seen, durable, s);
      }
      dirty.clear();
      durableSize = size;
    }

    /// A sync has failed: the system takes what is in its cache for clean.
    void forgetUnsynced() {
      dirty.clear();
    }

    private static void copySector(byte[] from, byte[] to, int sector) {
      int at = sector * SECTOR;
      int n = Math.min(SECTOR, Math.min(from.length, to.length) - at);
      if (n > 0) {
        System.arraycopy(from, at, to, at, n);
      }
    }

    void losePower(Random random) {
      if (dirty.isEmpty() && size == durableSize && stale.isEmpty()) {
        return;
      }
      byte[] after = Arrays.copyOf(durable, Math.max(seen.length, durable.length));
      int mode = random.nextInt(4);
      for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
        boolean survives = mode == 0 || (mode != 1 && random.nextBoolean());
        if (survives) {
          copySector(seen, after, s);
        }
      }
      int low = Math.min(size, durableSize);
      int high = Math.max(size, durableSize);
      size =
          switch (random.nextInt(3)) {
            case 0 -> durableSize;
            case 1 -> size;
            default -> low + (high > low ? random.nextInt(high - low) / SECTOR * SECTOR : 0);
          };
      Arrays.fill(after, Math.min(size, after.length), after.length, (byte) 0);
      seen = after;
      durable = after.clone();
      durableSize = size;
      dirty.clear();
      stale.clear();
    }
  }
}
