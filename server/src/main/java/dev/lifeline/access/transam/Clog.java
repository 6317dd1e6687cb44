package dev.lifeline.access.transam;

import dev.lifeline.storage.buffer.WalFlush;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.SyncQueue;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The commit log: two bits for each transaction, in the files of `pg_xact`.
///
/// The pages of recent transactions stay in memory, so that a commit never waits for one; older
/// ones are read when they are asked for. A page is written by a checkpoint, after the WAL that it
/// depends on. The table of pages is replaced, never changed, so that it is read without a latch.
/// Guard of changes: `this`.
public final class Clog {
  public static final String DIRECTORY = "pg_xact";

  /// The name of a file of the directory.
  private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{4,}");

  /// Pages of one file of the directory.
  public static final int PAGES_PER_FILE = 32;

  /// Pages in memory before old clean ones are dropped: 4 million transactions in a megabyte.
  private static final int PAGES_MAX = 128;

  private final Disk disk;
  private final Wakeup wakeup;
  private final WalFlush wal;
  private final SyncQueue syncs;
  private final Map<Long, WaitList> loading = new HashMap<>();
  private final Map<Long, Future<DiskFile>> files = new HashMap<>();
  private volatile @Nullable ClogPage[] table = new ClogPage[16];
  private int count;
  private volatile boolean recovering = true;

  /// What the checkpoint that recovery begins with said: the files of older transactions were on
  /// the disk then.
  private volatile long nextXidAtCheckpoint = Xact.FIRST_NORMAL_XID;

  /// Nobody may ask for older ones any more: no row of any database has them in a way that matters.
  private volatile long oldestXid = Xact.FIRST_NORMAL_XID;

  Clog(Disk disk, Wakeup wakeup, WalFlush wal, SyncQueue syncs) {
    this.disk = disk;
    this.wakeup = wakeup;
    this.wal = wal;
    this.syncs = syncs;
  }

  /// What became of a transaction. Throws NotYet while the page has to be read. To be asked only
  /// after the snapshot, or the process array, said that it is not running.
  public XidStatus status(long xid) {
    if (xid < Xact.FIRST_NORMAL_XID) {
      return xid == Xact.INVALID_XID ? XidStatus.ABORTED : XidStatus.COMMITTED;
    }
    if (xid < oldestXid) {
      throw missing(xid, path(xid / ClogPage.XIDS));
    }
    return page(xid).status(xid);
  }

  /// The oldest transaction that may be asked for.
  public long oldestXid() {
    return oldestXid;
  }

  /// All rows of all databases that older transactions have touched are frozen or gone, and the
  /// commits that say so are in the WAL. Their files go with the next checkpoint, see [#truncate]:
  /// until then a recovery would begin where they are still written to.
  public synchronized void advanceOldestXid(long xid) {
    oldestXid = Math.max(oldestXid, xid);
  }

  /// Sets the status of a transaction whose page is in memory (or, in recovery, is read first).
  void set(long xid, XidStatus status, long recordLsn) {
    page(xid).set(xid, status, recordLsn);
  }

  private ClogPage page(long xid) {
    long number = xid / ClogPage.XIDS;
    ClogPage page = find(table, number);
    if (page != null) {
      return page;
    }
    Future<Void> loaded = load(number);
    ClogPage there = find(table, number);
    if (there != null) {
      return there;
    }
    throw new NotYet(loaded);
  }

  private static @Nullable ClogPage find(@Nullable ClogPage[] pages, long number) {
    int mask = pages.length - 1;
    for (int i = (int) number & mask; ; i = (i + 1) & mask) {
      ClogPage page = pages[i];
      if (page == null || page.number() == number) {
        return page;
      }
    }
  }

  /// A new transaction's page is in memory before it is needed: the first of a page makes it.
  void ensure(long xid) {
    long number = xid / ClogPage.XIDS;
    if (find(table, number) == null) {
      ClogPage page = new ClogPage(number);
      page.setDirty();
      add(page);
    }
  }

  private synchronized void add(ClogPage page) {
    if (find(table, page.number()) != null) {
      return;
    }
    List<ClogPage> pages = new ArrayList<>();
    long oldest = page.number();
    for (ClogPage other : table) {
      if (other != null) {
        pages.add(other);
        oldest = Math.min(oldest, other.number());
      }
    }
    if (pages.size() >= PAGES_MAX && !recovering) {
      dropOldest(pages);
    }
    pages.add(page);
    rebuild(pages);
  }

  /// Only pages of the older half: a transaction that runs may be old, but its commit can only meet
  /// a page that was dropped if four million others have begun since, and then it waits for the
  /// page.
  private static void dropOldest(List<ClogPage> pages) {
    pages.sort((a, b) -> Long.compare(a.number(), b.number()));
    int half = pages.size() / 2;
    for (int i = 0; i < half; i++) {
      if (!pages.get(i).isDirty()) {
        pages.remove(i);
        return;
      }
    }
  }

  private void rebuild(List<ClogPage> pages) {
    int size = Math.max(16, Integer.highestOneBit(pages.size() * 2) * 2);
    @Nullable ClogPage[] made = new ClogPage[size];
    for (ClogPage page : pages) {
      int i = (int) page.number() & (size - 1);
      while (made[i] != null) {
        i = (i + 1) & (size - 1);
      }
      made[i] = page;
    }
    count = pages.size();
    table = made;
  }

  /// Reads the page of a transaction, so that [#status] and [#set] find it.
  Future<Void> load(long number) {
    WaitList list;
    synchronized (this) {
      if (find(table, number) != null) {
        return Future.succeededFuture();
      }
      WaitList under = loading.get(number);
      if (under != null) {
        return under.await();
      }
      list = new WaitList(wakeup);
      loading.put(number, list);
    }
    Future<Void> done = list.await();
    read(number)
        .onComplete(result -> {
          if (result.succeeded()) {
            add(result.result());
          }
          synchronized (this) {
            loading.remove(number);
          }
          if (result.succeeded()) {
            list.complete();
          } else {
            list.fail(result.cause());
          }
        });
    return done;
  }

  private Future<ClogPage> read(long number) {
    ClogPage page = new ClogPage(number);
    String path = path(number);
    return disk.exists(path)
        .compose(exists -> {
          if (!exists) {
            return mayBeMissing(number)
                ? Future.succeededFuture(page)
                : Future.failedFuture(missing(number * ClogPage.XIDS, path));
          }
          MemorySegment memory = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
          return file(number, false)
              .compose(file -> file.read(memory, offset(number)))
              .map(n -> {
                page.load(memory);
                return page;
              });
        });
  }

  private static PgException missing(long xid, String path) {
    return PgException.error(
            SqlState.UNDEFINED_FILE, "could not access status of transaction %d", xid)
        .detail("Could not open file \"%s\": No such file or directory.", path);
  }

  private static String path(long number) {
    return String.format(Locale.ROOT, "%s/%04X", DIRECTORY, number / PAGES_PER_FILE);
  }

  private static long offset(long number) {
    return number % PAGES_PER_FILE * PageLayout.PAGE_SIZE;
  }

  private Future<DiskFile> file(long number, boolean create) {
    String path = path(number);
    synchronized (this) {
      Future<DiskFile> file = files.get(number / PAGES_PER_FILE);
      if (file == null || file.failed()) {
        file = create ? disk.create(path) : disk.open(path);
        files.put(number / PAGES_PER_FILE, file);
      }
      return file;
    }
  }

  /// Recovery begins from a checkpoint.
  void beginRecovery(long nextXid) {
    nextXidAtCheckpoint = nextXid;
  }

  /// Deletes the files of transactions before this one, after a checkpoint from which recovery will
  /// not meet them.
  Future<Void> truncate(long oldest) {
    long first = segment(oldest);
    dropPagesBelow(first * PAGES_PER_FILE);
    return disk.list(DIRECTORY)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          boolean any = false;
          for (String name : names) {
            if (SEGMENT.matcher(name).matches() && Long.parseLong(name, 16) < first) {
              any = true;
              done = done.compose(ignored -> delete(Long.parseLong(name, 16)));
            }
          }
          return any ? done.compose(ignored -> disk.syncDirectory(DIRECTORY)) : done;
        });
  }

  private static long segment(long xid) {
    return xid / ClogPage.XIDS / PAGES_PER_FILE;
  }

  private Future<Void> delete(long segment) {
    String path = path(segment * PAGES_PER_FILE);
    Future<DiskFile> file;
    synchronized (this) {
      file = files.remove(segment);
    }
    syncs.forget(path);
    Future<Void> closed =
        file == null ? Future.succeededFuture() : file.compose(DiskFile::close).otherwiseEmpty();
    return closed.compose(ignored -> disk.delete(path));
  }

  private synchronized void dropPagesBelow(long number) {
    List<ClogPage> pages = new ArrayList<>();
    boolean any = false;
    for (ClogPage page : table) {
      if (page != null && page.number() >= number) {
        pages.add(page);
      } else {
        any |= page != null;
      }
    }
    if (any) {
      rebuild(pages);
    }
  }

  /// Redo makes the files of the transactions that it meets for the first time; one that was there
  /// at the checkpoint must not be missing, or whatever it said committed would be taken for
  /// aborted.
  private boolean mayBeMissing(long number) {
    long firstXid = number / PAGES_PER_FILE * PAGES_PER_FILE * ClogPage.XIDS;
    long known = nextXidAtCheckpoint;
    return recovering && (known <= Xact.FIRST_NORMAL_XID || firstXid >= known - 1);
  }

  /// Recovery is over: the page of the next transaction is in memory, and says nothing of it or of
  /// later ones.
  Future<Void> start(long nextXid) {
    return load(nextXid / ClogPage.XIDS)
        .onSuccess(ignored -> {
          ClogPage page = find(table, nextXid / ClogPage.XIDS);
          if (page != null) {
            page.clearFrom(nextXid);
          }
          recovering = false;
        });
  }

  /// Writes the pages that have changed: part of a checkpoint, which syncs the files later.
  Future<Void> flush() {
    Future<Void> done = Future.succeededFuture();
    for (ClogPage page : table) {
      if (page != null && page.isDirty()) {
        done = done.compose(ignored -> write(page));
      }
    }
    return done;
  }

  private Future<Void> write(ClogPage page) {
    MemorySegment copy = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    long lsn = page.copyTo(copy);
    Future<Void> durable = wal.flushedLsn() >= lsn ? Future.succeededFuture() : wal.flush(lsn);
    return durable
        .compose(ignored -> file(page.number(), true))
        .compose(file -> {
          syncs.add(file);
          syncs.addDirectory(DIRECTORY);
          return file.write(copy, offset(page.number()));
        })
        .onFailure(cause -> page.setDirty());
  }

  /// Pages in memory, for tests.
  int pagesInMemory() {
    return count;
  }
}
