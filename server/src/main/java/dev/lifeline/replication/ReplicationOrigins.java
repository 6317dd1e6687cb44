package dev.lifeline.replication;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DurableFile;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// How far each origin's transactions were applied here. The truth is in the commit records: a
/// transaction and the progress that it means are durable together or not at all. The file
/// `pg_logical/replorigin_checkpoint` has what was so at the last checkpoint, redo the rest.
///
/// Guarded by its monitor.
public final class ReplicationOrigins {
  private static final String DIRECTORY = "pg_logical";
  private static final String FILE = "replorigin_checkpoint";
  private static final int MAGIC = 0x1257DADE;
  private static final int ENTRY = 4 + 8 + 8;

  /// As PostgreSQL, whose ids have two bytes.
  private static final int ID_MAX = 65_534;

  private final Disk disk;
  private final LongFunction<Future<Void>> flush;
  private final Map<Integer, Progress> progress = new TreeMap<>();

  /// Ids of origins whose creation is not committed yet.
  private final Set<Integer> reserved = new HashSet<>();

  private Future<Void> lastSave = Future.succeededFuture();

  /// How far one origin is.
  ///
  /// @param remoteLsn the end of the last transaction that was applied
  /// @param localLsn the end of its commit record here
  /// @param pid the process that applies; 0 for none
  public record Progress(int id, long remoteLsn, long localLsn, int pid) {}

  /// @param flush makes the WAL durable up to a point
  ReplicationOrigins(Disk disk, LongFunction<Future<Void>> flush) {
    this.disk = disk;
    this.flush = flush;
  }

  Future<Void> load() {
    String path = DIRECTORY + "/" + FILE;
    return disk.exists(path)
        .compose(exists ->
            !exists
                ? Future.succeededFuture()
                : disk.contents(path)
                    .map(content -> {
                      parse(path, content);
                      return null;
                    }));
  }

  private synchronized void parse(String path, byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    CRC32C crc = new CRC32C();
    crc.update(content, 0, Math.max(0, content.length - 4));
    boolean whole = content.length >= 8 && (content.length - 8) % ENTRY == 0;
    if (!whole || in.getInt() != MAGIC || in.getInt(content.length - 4) != (int) crc.getValue()) {
      throw PgException.panic(
          SqlState.DATA_CORRUPTED, "replication checkpoint file \"%s\" is corrupted", path);
    }
    while (in.remaining() >= ENTRY) {
      int id = in.getInt();
      progress.put(id, new Progress(id, in.getLong(), in.getLong(), 0));
    }
  }

  /// One save after the other: they write the same file. Each has at least what was so when it was
  /// asked for.
  ///
  /// Commits that the file knows of are durable before it is: a transaction that the server forgets
  /// while its file says that it was applied would never be sent again.
  Future<Void> save() {
    Promise<Void> done = Promise.promise();
    Future<Void> before;
    synchronized (this) {
      before = lastSave;
      lastSave = done.future();
    }
    before.onComplete(over -> write().onComplete(done));
    return done.future();
  }

  private Future<Void> write() {
    List<Progress> all = list();
    long last = all.stream().mapToLong(Progress::localLsn).max().orElse(0);
    return flush.apply(last).compose(flushed -> write(all));
  }

  private Future<Void> write(List<Progress> all) {
    ByteWriter out = new ByteWriter(64);
    out.int32(MAGIC);
    for (Progress one : all) {
      out.int32(one.id());
      out.int64(one.remoteLsn());
      out.int64(one.localLsn());
    }
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.size());
    out.int32((int) crc.getValue());
    return disk.createDirectory(DIRECTORY)
        .compose(ignored -> DurableFile.replace(disk, DIRECTORY, FILE, out.toBytes()));
  }

  /// Finds the lowest free id for an origin that a transaction creates. Others who create one do
  /// not wait for that transaction, which may be the copy of a large table: they get other ids.
  ///
  /// @param exists whether the catalog has an origin of that id; it must see what has just been
  ///   committed
  public int reserve(Xact xact, IntPredicate exists) {
    for (int id = 1; id <= ID_MAX; id++) {
      // Asked after it was reserved: whoever had it before has either committed, and it is seen,
      // or does not need it any more.
      if (!tryReserve(id)) {
        continue;
      }
      boolean free = false;
      try {
        free = !exists.test(id);
      } finally {
        if (!free) {
          unreserve(id);
        }
      }
      if (free) {
        xact.addListener(new Reservation(id));
        return id;
      }
    }
    throw PgException.error(
        SqlState.PROGRAM_LIMIT_EXCEEDED, "could not find free replication origin ID");
  }

  private synchronized boolean tryReserve(int id) {
    return reserved.add(id);
  }

  private synchronized void unreserve(int id) {
    reserved.remove(id);
  }

  /// What becomes of a reserved id when the transaction ends.
  private final class Reservation implements XactListener {
    private final int id;

    Reservation(int id) {
      this.id = id;
    }

    @Override
    public void ended(Xact xact, boolean committed) {
      if (!committed) {
        drop(id);
      }
      unreserve(id);
    }
  }

  synchronized void committed(LogicalRecords.Origin origin, long localLsn) {
    Progress before = progress.get(origin.id());
    // What redo finds from before the origin was set anew is not its progress any more.
    if (before == null
        || (before.localLsn() < localLsn && before.remoteLsn() < origin.remoteLsn())) {
      int pid = before == null ? 0 : before.pid();
      progress.put(origin.id(), new Progress(origin.id(), origin.remoteLsn(), localLsn, pid));
    }
  }

  /// Sets how far an origin is, also back.
  public synchronized void set(int id, long remoteLsn, long localLsn) {
    progress.put(id, new Progress(id, remoteLsn, localLsn, pidOf(id)));
  }

  private int pidOf(int id) {
    Progress before = progress.get(id);
    return before == null ? 0 : before.pid();
  }

  /// How far an origin is; 0 where nothing of it was applied.
  public synchronized long remoteLsn(int id) {
    Progress one = progress.get(id);
    return one == null ? 0 : one.remoteLsn();
  }

  public synchronized @Nullable Progress find(int id) {
    return progress.get(id);
  }

  public synchronized void drop(int id) {
    progress.remove(id);
  }

  /// Takes an origin for a process that will apply its transactions.
  public synchronized void acquire(int id, int pid) {
    Progress before = progress.get(id);
    if (before != null && before.pid() != 0 && before.pid() != pid) {
      throw PgException.error(
          SqlState.OBJECT_IN_USE,
          "replication origin with ID %d is already active for PID %d",
          id,
          before.pid());
    }
    progress.put(
        id,
        before == null
            ? new Progress(id, 0, 0, pid)
            : new Progress(id, before.remoteLsn(), before.localLsn(), pid));
  }

  public synchronized void release(int id) {
    Progress before = progress.get(id);
    if (before != null) {
      progress.put(id, new Progress(id, before.remoteLsn(), before.localLsn(), 0));
    }
  }

  public synchronized List<Progress> list() {
    return new ArrayList<>(progress.values());
  }
}
