package dev.lifeline.catalog;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The directories of databases.
///
/// 1. A database's directory is there, durably, before the first file in it, so that recovery finds
///    it when it makes the files again.
/// 2. The files in it are relations like any other: they go when the transaction that made them is
///    rolled back, and when one that drops them commits.
/// 3. The directory itself goes after the commit of DROP DATABASE. A crash before that, or during
///    CREATE DATABASE, leaves one that no row of `pg_database` names: the next start removes it.
final class DatabaseFiles {
  private static final String VERSION_FILE = "PG_VERSION";

  /// The major version whose layout the directory claims, as PostgreSQL's tools look for it.
  private static final String VERSION = "15\n";

  private final Disk disk;
  private final SharedMemory shared;

  DatabaseFiles(Disk disk, SharedMemory shared) {
    this.disk = disk;
    this.shared = shared;
  }

  static String directory(int databaseOid) {
    return "base/" + Integer.toUnsignedString(databaseOid);
  }

  Future<Void> createDirectory(int databaseOid) {
    String directory = directory(databaseOid);
    return disk.createDirectory(directory)
        .compose(ignored -> disk.create(directory + "/" + VERSION_FILE))
        .compose(DatabaseFiles::writeVersion)
        .compose(ignored -> disk.syncDirectory(directory))
        .compose(ignored -> disk.syncDirectory("base"));
  }

  private static Future<Void> writeVersion(DiskFile file) {
    Arena arena = Arena.ofShared();
    byte[] bytes = VERSION.getBytes(StandardCharsets.US_ASCII);
    MemorySegment memory = arena.allocate(bytes.length);
    memory.copyFrom(MemorySegment.ofArray(bytes));
    return file.write(memory, 0)
        .compose(written -> file.sync())
        .eventually(file::close)
        .eventually(() -> {
          arena.close();
          return Future.succeededFuture();
        });
  }

  /// Removes a directory with whatever is left in it.
  Future<Void> removeDirectory(int databaseOid) {
    String directory = directory(databaseOid);
    return disk.list(directory)
        .compose(names -> removeAll(directory, names, 0))
        .compose(ignored -> disk.delete(directory))
        .compose(ignored -> disk.syncDirectory("base"));
  }

  private Future<Void> removeAll(String directory, List<String> names, int from) {
    return from == names.size()
        ? Future.succeededFuture()
        : disk.delete(directory + "/" + names.get(from))
            .compose(ignored -> removeAll(directory, names, from + 1));
  }

  /// Removes the directories of databases that are not among these.
  ///
  /// @return the paths of those that were removed
  Future<List<String>> removeOthers(Set<Integer> databases) {
    return disk.list("base")
        .compose(names -> {
          List<String> removed = new ArrayList<>();
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            if (name.chars().allMatch(Character::isDigit)
                && !databases.contains(Integer.parseUnsignedInt(name))) {
              int oid = Integer.parseUnsignedInt(name);
              removed.add(directory(oid));
              done = done.compose(ignored -> removeDirectory(oid));
            }
          }
          return done.map(removed);
        });
  }

  /// Adds the steps that copy a relation's pages into a new file.
  void copy(Xact xact, RelFileLocator from, RelFileLocator to, Steps steps) {
    steps.add(() -> shared.storage().create(xact, to));
    steps.add(new CopyPages(xact, from, to));
  }

  /// Copies page by page; each goes into the WAL whole.
  private final class CopyPages implements Runnable {
    private final Xact xact;
    private final RelFileLocator from;
    private final RelFileLocator to;
    private int next;

    CopyPages(Xact xact, RelFileLocator from, RelFileLocator to) {
      this.xact = xact;
      this.from = from;
      this.to = to;
    }

    @Override
    public void run() {
      int blocks = shared.buffers().blocks(from, Fork.MAIN);
      while (next < blocks) {
        copyPage(next);
        next++;
      }
    }

    private void copyPage(int block) {
      BufferPool buffers = shared.buffers();
      shared.wal().reserve();
      long xid = xact.xid();
      int source = buffers.pin(from, Fork.MAIN, block);
      try {
        int target = buffers.extend(to, Fork.MAIN);
        try {
          buffers.lockShared(source);
          try {
            MemorySegment.copy(
                buffers.memory(),
                buffers.offset(source),
                buffers.memory(),
                buffers.offset(target),
                PageLayout.PAGE_SIZE);
          } finally {
            buffers.unlock(source);
          }
          shared
              .wal()
              .begin(Rmgr.DBASE, DatabaseResourceManager.COPY_PAGE, xid)
              .buffer(0, target, WalRecordBuilder.FORCE_IMAGE)
              .insert();
        } finally {
          buffers.release(target);
        }
      } finally {
        buffers.unpin(source);
      }
    }
  }
}
