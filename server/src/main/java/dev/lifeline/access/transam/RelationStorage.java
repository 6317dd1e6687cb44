package dev.lifeline.access.transam;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.NotYet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes, drops and truncates the files of relations so that neither an abort nor a crash leaves
/// one too many or one too few, as PostgreSQL's `storage.c` does. Formally:
///
/// 1. A file is created after the record that says so is durable. At the end of recovery the files
///    of transactions that did not commit are deleted: those whose creation redo has seen, and
///    those that the checkpoint's record names.
/// 2. A dropped relation's files are deleted after the commit is durable; redo of the commit
///    deletes them again.
/// 3. A checkpoint whose redo point is behind such a record waits until the files are as it says,
///    because redo will not repeat it.
public final class RelationStorage {
  private final BufferPool pool;
  private final Smgr smgr;
  private final Wal wal;
  private final Wakeup wakeup;

  /// Relations that were created by transactions that have not committed.
  private final Map<RelFileLocator, Creation> uncommitted = new ConcurrentHashMap<>();

  private final Map<Truncation, WaitList> truncations = new HashMap<>();

  /// What a checkpoint has to wait for.
  private final Set<Object> underWay = ConcurrentHashMap.newKeySet();

  private record Creation(long xid, WaitList done) {}

  private record Truncation(RelFileLocator rel, Fork fork, int blocks) {}

  RelationStorage(BufferPool pool, Smgr smgr, Wal wal, Wakeup wakeup) {
    this.pool = pool;
    this.smgr = smgr;
    this.wal = wal;
    this.wakeup = wakeup;
  }

  /// Creates the relation's main fork; it goes when the (sub)transaction aborts. Throws NotYet
  /// until it is there.
  public void create(Xact xact, RelFileLocator rel) {
    Creation creation = uncommitted.get(rel);
    if (creation == null) {
      wal.reserve();
      creation = new Creation(xact.xid(), new WaitList(wakeup));
      Object ticket = begin();
      uncommitted.put(rel, creation);
      xact.level().addCreated(rel);
      long lsn =
          wal.begin(Rmgr.SMGR, XlogRecords.CREATE, creation.xid())
              .data()
              .putInt(rel.dbOid())
              .putLong(rel.relNumber())
              .insert();
      WaitList done = creation.done();
      wal.flush(lsn)
          .compose(ignored -> smgr.create(rel))
          .onComplete(result -> {
            end(ticket);
            finish(done, result.cause());
          });
    }
    await(creation.done().await());
  }

  private static void finish(WaitList list, @org.jspecify.annotations.Nullable Throwable cause) {
    if (cause == null) {
      list.complete();
    } else {
      list.fail(cause);
    }
  }

  private static void await(Future<Void> done) {
    if (!done.isComplete()) {
      throw new NotYet(done);
    }
    if (done.failed()) {
      throw done.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(done.cause());
    }
  }

  /// All files of the relation go when the transaction commits.
  public void dropAtCommit(Xact xact, RelFileLocator rel) {
    xact.xid();
    xact.level().addDropped(rel);
  }

  /// Cuts a fork to this many blocks, now and for good: for vacuum, under an exclusive lock. Throws
  /// NotYet until it is done.
  public void truncate(RelFileLocator rel, Fork fork, int blocks) {
    if (pool.blocks(rel, fork) <= blocks) {
      return;
    }
    Truncation truncation = new Truncation(rel, fork, blocks);
    WaitList done;
    boolean first;
    synchronized (truncations) {
      WaitList known = truncations.get(truncation);
      first = known == null;
      done = known == null ? new WaitList(wakeup) : known;
      truncations.put(truncation, done);
    }
    if (first) {
      start(truncation, done);
    }
    await(done.await());
  }

  private void start(Truncation truncation, WaitList done) {
    Object ticket = begin();
    long lsn =
        wal.begin(Rmgr.SMGR, XlogRecords.TRUNCATE, 0)
            .data()
            .putInt(truncation.rel().dbOid())
            .putLong(truncation.rel().relNumber())
            .putInt(truncation.fork().number())
            .putInt(truncation.blocks())
            .insert();
    wal.flush(lsn)
        .compose(ignored -> cut(truncation.rel(), truncation.fork(), truncation.blocks()))
        .onComplete(result -> {
          end(ticket);
          synchronized (truncations) {
            truncations.remove(truncation);
          }
          finish(done, result.cause());
        });
  }

  /// Cuts the files, without a record: also for redo.
  Future<Void> cut(RelFileLocator rel, Fork fork, int blocks) {
    return pool.drop(rel, fork, blocks).compose(ignored -> smgr.file(rel, fork).truncate(blocks));
  }

  /// Deletes the files of relations, without a record. A file that cannot be deleted is left
  /// behind, and is no reason to undo what has happened.
  Future<Void> unlink(List<RelFileLocator> rels) {
    Iterator<RelFileLocator> left = rels.iterator();
    return AsyncLoop.whileTrue(() ->
        left.hasNext()
            ? unlink(left.next()).otherwiseEmpty().map(true)
            : Future.succeededFuture(false));
  }

  private Future<Void> unlink(RelFileLocator rel) {
    Creation creation = uncommitted.get(rel);
    Future<Void> created =
        creation == null ? Future.succeededFuture() : creation.done().await().otherwiseEmpty();
    return created
        .compose(ignored -> pool.drop(rel))
        .compose(ignored -> smgr.unlink(rel))
        .onComplete(result -> uncommitted.remove(rel));
  }

  /// A transaction that created these has committed.
  void committed(List<RelFileLocator> rels) {
    for (RelFileLocator rel : rels) {
      uncommitted.remove(rel);
    }
  }

  /// A change of files begins, of which a record will tell.
  Object begin() {
    Object ticket = new Object();
    underWay.add(ticket);
    return ticket;
  }

  /// The files are as the record says.
  void end(Object ticket) {
    underWay.remove(ticket);
  }

  /// What is under way now.
  Set<Object> underWay() {
    return Set.copyOf(underWay);
  }

  /// Whether one of these is still under way.
  boolean isUnderWay(Set<Object> tickets) {
    return tickets.stream().anyMatch(underWay::contains);
  }

  /// A relation that exists only if its transaction commits.
  record Uncommitted(RelFileLocator rel, long xid) {}

  /// For the checkpoint's record, when the commits before its redo point are known to the clog.
  List<Uncommitted> uncommitted(Clog clog) {
    List<Uncommitted> list = new ArrayList<>();
    uncommitted.forEach((rel, creation) -> {
      if (clog.status(creation.xid()) != XidStatus.COMMITTED) {
        list.add(new Uncommitted(rel, creation.xid()));
      }
    });
    return list;
  }
}
