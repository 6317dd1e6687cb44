package dev.lifeline.storage.smgr;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// One fork of a relation: a row of files of 1 GB.
///
/// It has two lengths. The *logical* one counts the blocks that were given out; the *physical* one
/// is the files', which are extended ahead of need and with zeros, so that a full disk is found out
/// before a row is put into a block that has no place. A crash leaves the zeros; a clean shutdown
/// cuts them off. Guard: `this`.
public final class ForkFile {
  /// Blocks in a file: 1 GB.
  public static final int SEGMENT_BLOCKS = 131072;

  private static final int EXTEND_BLOCKS_MAX = 64;
  private static final int UNKNOWN = -1;
  private static final MemorySegment ZEROS =
      Arena.global().allocate((long) EXTEND_BLOCKS_MAX * PageLayout.PAGE_SIZE, 4096);

  private final Disk disk;
  private final Wakeup wakeup;
  private final SyncQueue syncs;
  private final RelFileLocator rel;
  private final Fork fork;
  private final List<Future<DiskFile>> segments = new ArrayList<>(1);
  private volatile int logical = UNKNOWN;
  private volatile int physical;
  private @Nullable WaitList busy;
  private volatile boolean dropped;

  ForkFile(Disk disk, Wakeup wakeup, SyncQueue syncs, RelFileLocator rel, Fork fork) {
    this.disk = disk;
    this.wakeup = wakeup;
    this.syncs = syncs;
    this.rel = rel;
    this.fork = fork;
  }

  public RelFileLocator rel() {
    return rel;
  }

  public Fork fork() {
    return fork;
  }

  /// The logical length; 0 without a file. Throws NotYet when the files must be looked at first.
  public int blocks() {
    int known = logical;
    if (known != UNKNOWN) {
      return known;
    }
    Future<Void> looking;
    synchronized (this) {
      if (logical != UNKNOWN) {
        return logical;
      }
      WaitList list = busy;
      if (list == null) {
        list = begin();
        measure(0, list);
      }
      looking = list.await();
    }
    throw new NotYet(looking);
  }

  private WaitList begin() {
    WaitList list = new WaitList(wakeup);
    busy = list;
    return list;
  }

  private void end(WaitList list, @Nullable Throwable failure) {
    synchronized (this) {
      busy = null;
    }
    if (failure == null) {
      list.complete();
    } else {
      list.fail(failure);
    }
  }

  /// Looks at the segments until the first that is missing or not full.
  private void measure(int segment, WaitList list) {
    String path = rel.path(fork, segment);
    disk.exists(path)
        .compose(
            exists -> exists ? openSegment(segment, false).compose(DiskFile::size) : succeeded(0L))
        .onComplete(size -> {
          if (size.failed()) {
            end(list, size.cause());
            return;
          }
          int blocks = (int) (size.result() / PageLayout.PAGE_SIZE);
          if (blocks >= SEGMENT_BLOCKS) {
            measure(segment + 1, list);
            return;
          }
          synchronized (this) {
            physical = segment * SEGMENT_BLOCKS + blocks;
            logical = physical;
          }
          end(list, null);
        });
  }

  private static Future<Long> succeeded(long value) {
    return Future.succeededFuture(value);
  }

  private Future<DiskFile> openSegment(int segment, boolean create) {
    synchronized (this) {
      while (segments.size() <= segment) {
        segments.add(Future.failedFuture("not opened"));
      }
      Future<DiskFile> file = segments.get(segment);
      if (file.failed()) {
        String path = rel.path(fork, segment);
        if (create) {
          syncs.addDirectory(rel.directory());
        }
        file = create ? disk.create(path) : disk.open(path);
        segments.set(segment, file);
      }
      return file;
    }
  }

  /// Gives out the next block, when there is a place for it in the file; [#UNKNOWN] otherwise.
  ///
  /// @param place puts the block into a buffer. Only then is it counted: a scan that saw it earlier
  ///   would read it from the file, into another buffer
  public synchronized int tryExtend(IntConsumer place) {
    if (logical == UNKNOWN || logical >= physical) {
      return UNKNOWN;
    }
    int block = logical;
    place.accept(block);
    logical = block + 1;
    return block;
  }

  /// Makes place for more blocks.
  public Future<Void> makeRoom() {
    synchronized (this) {
      if (logical == UNKNOWN || logical < physical) {
        return Future.succeededFuture();
      }
      WaitList list = busy;
      if (list == null) {
        list = begin();
        extend(list);
      }
      return list.await();
    }
  }

  private void extend(WaitList list) {
    int from = physical;
    int wanted = Math.clamp(from / 16, 1, EXTEND_BLOCKS_MAX);
    int segment = from / SEGMENT_BLOCKS;
    int inSegment = from % SEGMENT_BLOCKS;
    int blocks = Math.min(wanted, SEGMENT_BLOCKS - inSegment);
    openSegment(segment, true)
        .compose(file ->
            file.write(
                    ZEROS.asSlice(0, (long) blocks * PageLayout.PAGE_SIZE),
                    (long) inSegment * PageLayout.PAGE_SIZE)
                // Nobody may ever write the new blocks; the length must be durable all the same.
                // Not before: a checkpoint does not wait for this write as it does for a buffer's.
                .onSuccess(n -> syncs.add(file)))
        .onComplete(written -> {
          if (written.succeeded()) {
            synchronized (this) {
              physical = Math.max(physical, from + blocks);
            }
            end(list, null);
          } else {
            end(list, extendError(segment, written.cause()));
          }
        });
  }

  private Throwable extendError(int segment, Throwable cause) {
    if (cause instanceof PgException e && e.sqlState() == SqlState.DISK_FULL) {
      return PgException.error(
              SqlState.DISK_FULL,
              "could not extend file \"%s\": No space left on device",
              rel.path(fork, segment))
          .hint("Check free disk space.");
    }
    return cause;
  }

  /// In recovery: the fork has at least so many blocks; those that were never written are zeros.
  public synchronized void atLeast(int blocks) {
    if (logical != UNKNOWN && logical < blocks) {
      logical = blocks;
    }
  }

  /// Reads a block. A block that was given out and has no place in the file yet reads as zeros:
  /// redo may have begun with a later one.
  public Future<Void> read(int block, MemorySegment into) {
    return openSegment(block / SEGMENT_BLOCKS, false)
        .compose(file -> file.read(into, (long) (block % SEGMENT_BLOCKS) * PageLayout.PAGE_SIZE))
        .recover(failure ->
            isMissing(failure) && block < logical
                ? Future.succeededFuture(0)
                : Future.failedFuture(failure))
        .compose(n -> {
          if (n < PageLayout.PAGE_SIZE) {
            if (block < physical || block >= logical) {
              return Future.failedFuture(shortRead(block, n));
            }
            into.fill((byte) 0);
          }
          return Future.succeededFuture();
        });
  }

  private static boolean isMissing(Throwable failure) {
    return failure instanceof PgException e && e.sqlState() == SqlState.UNDEFINED_FILE;
  }

  private PgException shortRead(int block, int n) {
    return PgException.error(
        SqlState.DATA_CORRUPTED,
        "could not read block %s in file \"%s\": read only %s of %s bytes",
        Integer.toUnsignedString(block),
        rel.path(fork, block / SEGMENT_BLOCKS),
        n,
        PageLayout.PAGE_SIZE);
  }

  /// The error for a block that the relation does not have.
  public PgException beyondEnd(int block) {
    return shortRead(block, 0);
  }

  /// Writes a block; the next checkpoint syncs it.
  public Future<Void> write(int block, MemorySegment from) {
    if (dropped) {
      return Future.succeededFuture();
    }
    return openSegment(block / SEGMENT_BLOCKS, true)
        .compose(file -> {
          syncs.add(file);
          return file.write(from, (long) (block % SEGMENT_BLOCKS) * PageLayout.PAGE_SIZE);
        })
        .onSuccess(ignored -> {
          synchronized (this) {
            physical = Math.max(physical, block + 1);
          }
        });
  }

  /// Makes the first file, empty: also when it is there, as redo may find it.
  Future<Void> createFile() {
    synchronized (this) {
      dropped = false;
    }
    return openSegment(0, true)
        .compose(DiskFile::size)
        .onSuccess(size -> {
          synchronized (this) {
            if (logical == UNKNOWN && size == 0) {
              logical = 0;
              physical = 0;
            }
          }
        })
        .mapEmpty();
  }

  /// Cuts the files to a length. Buffers beyond it must be gone before.
  public Future<Void> truncate(int blocks) {
    int last;
    synchronized (this) {
      last = Math.max(physical - 1, 0) / SEGMENT_BLOCKS;
      logical = blocks;
      physical = blocks;
    }
    return truncateFrom(last, blocks);
  }

  private Future<Void> truncateFrom(int segment, int blocks) {
    int keep = Math.clamp(blocks - (long) segment * SEGMENT_BLOCKS, 0, SEGMENT_BLOCKS);
    Future<Void> cut =
        openSegment(segment, true)
            .compose(file -> {
              syncs.add(file);
              return file.truncate((long) keep * PageLayout.PAGE_SIZE);
            });
    return keep > 0 || segment == 0
        ? cut
        : cut.compose(ignored -> truncateFrom(segment - 1, blocks));
  }

  /// Cuts off what was extended and never given out.
  Future<Void> trim() {
    synchronized (this) {
      if (dropped || logical == UNKNOWN || logical >= physical) {
        return Future.succeededFuture();
      }
    }
    return truncate(logical);
  }

  /// Deletes the files. Buffers must be gone before.
  Future<Void> unlink() {
    synchronized (this) {
      dropped = true;
      logical = 0;
      physical = 0;
    }
    return unlinkFrom(0);
  }

  private Future<Void> unlinkFrom(int segment) {
    String path = rel.path(fork, segment);
    return disk.exists(path)
        .compose(exists -> {
          if (!exists) {
            return Future.succeededFuture();
          }
          syncs.forget(path);
          syncs.addDirectory(rel.directory());
          return closeSegment(segment)
              .compose(ignored -> disk.delete(path))
              .compose(ignored -> unlinkFrom(segment + 1));
        });
  }

  private Future<Void> closeSegment(int segment) {
    Future<DiskFile> file;
    synchronized (this) {
      if (segment >= segments.size()) {
        return Future.succeededFuture();
      }
      file = segments.get(segment);
      segments.set(segment, Future.failedFuture("closed"));
    }
    return file.succeeded() ? file.result().close() : Future.succeededFuture();
  }
}
