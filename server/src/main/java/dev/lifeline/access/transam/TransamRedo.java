package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Redo of transam's own records, and what it learns on the way: the next xid, the next numbers,
/// and which relations were created by transactions that have not committed.
final class TransamRedo {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Clog clog;
  private final Smgr smgr;
  private final RelationStorage storage;
  private final Map<RelFileLocator, Long> uncommitted = new HashMap<>();
  private @Nullable RedoDriver driver;
  private long nextXid;
  private long nextRelNumber;
  private int nextOid;
  private ReplicationState replication = ReplicationState.NONE;
  private long oldestXid;

  TransamRedo(Clog clog, Smgr smgr, RelationStorage storage) {
    this.clog = clog;
    this.smgr = smgr;
    this.storage = storage;
  }

  void setReplication(ReplicationState state) {
    replication = state;
  }

  void start(CheckpointRecord checkpoint, RedoDriver redoDriver) {
    driver = redoDriver;
    nextXid = checkpoint.nextXid();
    clog.beginRecovery(nextXid);
    nextRelNumber = checkpoint.nextRelNumber();
    nextOid = checkpoint.nextOid();
    oldestXid = checkpoint.oldestXid();
    for (RelationStorage.Uncommitted each : checkpoint.uncommitted()) {
      uncommitted.put(each.rel(), each.xid());
    }
  }

  private RedoDriver driver() {
    return Objects.requireNonNull(driver, "redo has not begun");
  }

  void seen(long xid) {
    if (xid >= nextXid) {
      nextXid = xid + 1;
    }
  }

  long nextXid() {
    return nextXid;
  }

  long oldestXid() {
    return oldestXid;
  }

  long nextRelNumber() {
    return nextRelNumber;
  }

  int nextOid() {
    return nextOid;
  }

  /// The relations that nobody has committed: their files are to be deleted.
  List<RelFileLocator> orphans() {
    return List.copyOf(uncommitted.keySet());
  }

  List<ResourceManager> managers() {
    return List.of(
        new Manager(Rmgr.XLOG, "XLOG", this::redoXlog, TransamRedo::describeXlog),
        new Manager(Rmgr.XACT, "Transaction", this::redoXact, TransamRedo::describeXact),
        new Manager(Rmgr.SMGR, "Storage", this::redoSmgr, TransamRedo::describeSmgr),
        LogicalRecords.manager());
  }

  /// The same, for who only wants to know what records say.
  static List<ResourceManager> describers() {
    Redo none =
        (record, context) -> {
          throw new UnsupportedOperationException();
        };
    return List.of(
        new Manager(Rmgr.XLOG, "XLOG", none, TransamRedo::describeXlog),
        new Manager(Rmgr.XACT, "Transaction", none, TransamRedo::describeXact),
        new Manager(Rmgr.SMGR, "Storage", none, TransamRedo::describeSmgr),
        LogicalRecords.manager());
  }

  private interface Redo {
    void redo(WalRecord record, RedoContext context);
  }

  private interface Describe {
    String describe(WalRecord record);
  }

  private record Manager(int id, String name, Redo redo, Describe how) implements ResourceManager {
    @Override
    public void redo(WalRecord record, RedoContext context) {
      redo.redo(record, context);
    }

    @Override
    public String describe(WalRecord record) {
      return how.describe(record);
    }
  }

  private void redoXlog(WalRecord record, RedoContext context) {
    switch (record.info()) {
      case XlogRecords.CHECKPOINT_SHUTDOWN, XlogRecords.CHECKPOINT_ONLINE -> {
        CheckpointRecord checkpoint = CheckpointRecord.parse(record);
        nextXid = Math.max(nextXid, checkpoint.nextXid());
        nextRelNumber = Math.max(nextRelNumber, checkpoint.nextRelNumber());
        nextOid = checkpoint.nextOid();
        oldestXid = Math.max(oldestXid, checkpoint.oldestXid());
      }
      case XlogRecords.NEXT_NUMBERS -> {
        MemorySegment m = record.memory();
        nextRelNumber = Math.max(nextRelNumber, m.get(PageLayout.LONG, record.dataOffset()));
        nextOid = m.get(PageLayout.INT, record.dataOffset() + 8);
      }
      case XlogRecords.SWITCH, XlogRecords.BACKUP_END, XlogRecords.RESTORE_POINT -> {}
      default -> throw new IllegalStateException("XLOG record of kind " + record.info());
    }
  }

  private static String describeXlog(WalRecord record) {
    return switch (record.info()) {
      case XlogRecords.CHECKPOINT_SHUTDOWN ->
          "CHECKPOINT_SHUTDOWN " + checkpoint(record, "shutdown");
      case XlogRecords.CHECKPOINT_ONLINE -> "CHECKPOINT_ONLINE " + checkpoint(record, "online");
      case XlogRecords.NEXT_NUMBERS ->
          "NEXTOID "
              + Integer.toUnsignedString(
                  record.memory().get(PageLayout.INT, record.dataOffset() + 8));
      case XlogRecords.SWITCH -> "SWITCH";
      case XlogRecords.BACKUP_END ->
          "BACKUP_END " + Lsn.format(record.memory().get(PageLayout.LONG, record.dataOffset()));
      case XlogRecords.RESTORE_POINT -> "RESTORE_POINT " + RestorePoint.parse(record).name();
      default -> "UNKNOWN";
    };
  }

  private static String checkpoint(WalRecord record, String kind) {
    CheckpointRecord checkpoint = CheckpointRecord.parse(record);
    return "redo %s; tli %d; prev tli %d; xid %d; oid %s; relfilenumber %d; oldest xid %d; %s"
        .formatted(
            Lsn.format(checkpoint.redoLsn()),
            checkpoint.timeline(),
            checkpoint.previousTimeline(),
            checkpoint.nextXid(),
            Integer.toUnsignedString(checkpoint.nextOid()),
            checkpoint.nextRelNumber(),
            checkpoint.oldestXid(),
            kind);
  }

  private void redoXact(WalRecord record, RedoContext context) {
    XactRecord content = XactRecord.parse(record);
    boolean commit = record.info() == XlogRecords.COMMIT;
    XidStatus status = commit ? XidStatus.COMMITTED : XidStatus.ABORTED;
    for (long subXid : content.subXids()) {
      seen(subXid);
      clog.set(subXid, status, record.endLsn());
    }
    clog.set(record.xid(), status, record.endLsn());
    for (RelFileLocator rel : content.dropped()) {
      context.waitFor(() -> storage.unlink(List.of(rel)));
      driver().dropped(rel);
      uncommitted.remove(rel);
    }
    LogicalRecords.Origin origin = content.origin();
    if (commit && origin != null) {
      replication.committed(origin, record.endLsn());
    }
    if (commit) {
      uncommitted.values().removeIf(xid -> xid == record.xid() || content.subXids().contains(xid));
    }
  }

  private static String describeXact(WalRecord record) {
    XactRecord content = XactRecord.parse(record);
    StringBuilder text = new StringBuilder();
    text.append(record.info() == XlogRecords.COMMIT ? "COMMIT " : "ABORT ");
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(content.timeMicros(), 1_000_000L),
            Math.floorMod(content.timeMicros(), 1_000_000L) * 1000L);
    text.append(TIME.format(time)).append(" UTC");
    if (!content.dropped().isEmpty()) {
      text.append("; rels:");
      content.dropped().forEach(rel -> text.append(' ').append(rel.path(Fork.MAIN, 0)));
    }
    if (!content.subXids().isEmpty()) {
      text.append("; subxacts:");
      content.subXids().forEach(xid -> text.append(' ').append(xid));
    }
    if (content.origin() != null) {
      text.append("; ").append(content.origin());
    }
    return text.toString();
  }

  private void redoSmgr(WalRecord record, RedoContext context) {
    MemorySegment m = record.memory();
    long at = record.dataOffset();
    RelFileLocator rel =
        new RelFileLocator(m.get(PageLayout.INT, at), m.get(PageLayout.LONG, at + 4));
    switch (record.info()) {
      case XlogRecords.CREATE -> {
        context.waitFor(() -> smgr.create(rel));
        uncommitted.put(rel, record.xid());
      }
      case XlogRecords.TRUNCATE -> {
        Fork fork = Fork.of(m.get(PageLayout.INT, at + 12));
        int blocks = m.get(PageLayout.INT, at + 16);
        if (smgr.file(rel, fork).blocks() > blocks) {
          context.waitFor(() -> storage.cut(rel, fork, blocks));
        }
        driver().truncated(rel, fork, blocks);
      }
      default -> throw new IllegalStateException("storage record of kind " + record.info());
    }
  }

  private static String describeSmgr(WalRecord record) {
    MemorySegment m = record.memory();
    long at = record.dataOffset();
    RelFileLocator rel =
        new RelFileLocator(m.get(PageLayout.INT, at), m.get(PageLayout.LONG, at + 4));
    if (record.info() == XlogRecords.CREATE) {
      return "CREATE " + rel.path(Fork.MAIN, 0);
    }
    Fork fork = Fork.of(m.get(PageLayout.INT, at + 12));
    return "TRUNCATE " + rel.path(fork, 0) + " to " + m.get(PageLayout.INT, at + 16) + " blocks";
  }
}
