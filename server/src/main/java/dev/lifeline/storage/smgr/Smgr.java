package dev.lifeline.storage.smgr;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.Clock;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The storage manager: finds the [ForkFile] of a relation.
public final class Smgr {
  private final Disk disk;
  private final Wakeup wakeup;
  private final SyncQueue syncs;
  private final Map<RelFileLocator, ForkFile[]> relations = new ConcurrentHashMap<>();

  public Smgr(Disk disk, Clock clock, Wakeup wakeup) {
    this.disk = disk;
    this.wakeup = wakeup;
    this.syncs = new SyncQueue(disk, clock);
  }

  public SyncQueue syncs() {
    return syncs;
  }

  public ForkFile file(RelFileLocator rel, Fork fork) {
    ForkFile[] forks = relations.get(rel);
    if (forks == null) {
      forks = relations.computeIfAbsent(rel, this::forks);
    }
    return forks[fork.number()];
  }

  private ForkFile[] forks(RelFileLocator rel) {
    Fork[] all = Fork.values();
    ForkFile[] forks = new ForkFile[all.length];
    for (Fork fork : all) {
      forks[fork.number()] = new ForkFile(disk, wakeup, syncs, rel, fork);
    }
    return forks;
  }

  /// Makes the main fork's file and, in recovery, the database's directory, whose creation may come
  /// later in the log than a change in it that was repeated.
  public Future<Void> create(RelFileLocator rel) {
    return disk.createDirectory(rel.directory())
        .compose(ignored -> file(rel, Fork.MAIN).createFile());
  }

  /// Deletes all forks' files. Their buffers must be gone.
  public Future<Void> unlink(RelFileLocator rel) {
    Future<Void> done = Future.succeededFuture();
    for (Fork fork : Fork.values()) {
      done = done.compose(ignored -> file(rel, fork).unlink());
    }
    return done.onSuccess(ignored -> relations.remove(rel));
  }

  /// Forgets a database whose directory goes.
  public void forgetDatabase(int dbOid) {
    relations.keySet().removeIf(rel -> rel.dbOid() == dbOid);
    syncs.forgetDirectory("base/" + Integer.toUnsignedString(dbOid));
  }

  /// Cuts all files to what was given out: the last thing before a shutdown.
  public Future<Void> trim() {
    List<ForkFile> all = new ArrayList<>();
    relations.values().forEach(forks -> all.addAll(List.of(forks)));
    // Each from an empty stack: a cluster of some databases has thousands.
    Iterator<ForkFile> next = all.iterator();
    return AsyncLoop.whileTrue(() ->
        next.hasNext() ? next.next().trim().map(ignored -> true) : Future.succeededFuture(false));
  }
}
