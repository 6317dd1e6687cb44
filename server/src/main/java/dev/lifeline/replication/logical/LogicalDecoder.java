package dev.lifeline.replication.logical;

import dev.lifeline.access.heap.HeapDecoder;
import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads WAL records into the reorder buffer, and says which transactions have ended by them.
final class LogicalDecoder {
  /// What a record has brought to its end.
  sealed interface Outcome {
    /// A transaction is to be told.
    record Committed(DecodedXact xact) implements Outcome {}

    /// Transactions that nobody is told of; their files can go.
    record Dropped(List<DecodedXact> xacts) implements Outcome {
      public Dropped {
        xacts = List.copyOf(xacts);
      }
    }

    /// A message that belongs to no transaction. Its content is in the change.
    record Message(Change change) implements Outcome {}
  }

  private final ReorderBuffer buffer;
  private final int databaseOid;

  /// Transactions whose commit begins before are known to the client already.
  private final long startAt;

  LogicalDecoder(ReorderBuffer buffer, int databaseOid, long startAt) {
    this.buffer = buffer;
    this.databaseOid = databaseOid;
    this.startAt = startAt;
  }

  /// Takes the next record.
  @Nullable Outcome take(WalRecord record) {
    return switch (record.rmgr()) {
      case Rmgr.HEAP -> {
        heap(record);
        yield null;
      }
      case Rmgr.LOGICAL -> logical(record);
      case Rmgr.XACT -> xact(record);
      case Rmgr.XLOG -> LogicalRecords.endsAllTransactions(record) ? dropAll() : null;
      default -> null;
    };
  }

  private @Nullable Outcome dropAll() {
    List<DecodedXact> left = buffer.removeAll();
    return left.isEmpty() ? null : new Outcome.Dropped(left);
  }

  private @Nullable Outcome xact(WalRecord record) {
    LogicalRecords.End end = LogicalRecords.end(record);
    DecodedXact xact = buffer.remove(record.xid());
    if (xact == null) {
      if (!end.commit()) {
        undo(record.xid());
        // Known, though the one above them may have changed nothing itself.
        end.subXids().forEach(this::undo);
      }
      return null;
    }
    if (!end.commit() || record.lsn() < startAt) {
      return new Outcome.Dropped(List.of(xact));
    }
    xact.committed(record.lsn(), record.endLsn(), end);
    return new Outcome.Committed(xact);
  }

  /// A subtransaction was rolled back.
  private void undo(long subXid) {
    DecodedXact whole = buffer.find(subXid);
    if (whole != null) {
      whole.abortSub(subXid);
    }
  }

  private void heap(WalRecord record) {
    if (!HeapDecoder.changesRows(record.info())) {
      return;
    }
    DecodedXact xact = buffer.find(record.xid());
    if (xact == null) {
      return;
    }
    RelFileLocator file = record.rel(0);
    int table = xact.tableOf(file);
    boolean toast = table < 0 && xact.isToast(file);
    if (table >= 0 || toast) {
      HeapDecoder.decode(record, new Rows(xact, record, table, toast));
    }
  }

  private final class Rows implements HeapDecoder.Sink {
    private final DecodedXact xact;
    private final WalRecord record;
    private final int table;
    private final boolean toast;

    Rows(DecodedXact xact, WalRecord record, int table, boolean toast) {
      this.xact = xact;
      this.record = record;
      this.table = table;
      this.toast = toast;
    }

    private void add(Change.Kind kind, byte @Nullable [] payload, byte @Nullable [] identity) {
      buffer.add(xact, new Change(kind, record.xid(), record.lsn(), table, payload, identity));
    }

    @Override
    public void inserted(byte[] payload) {
      add(toast ? Change.Kind.TOAST : Change.Kind.INSERT, payload, null);
    }

    @Override
    public void updated(byte @Nullable [] identity, byte[] payload) {
      if (!toast) {
        add(Change.Kind.UPDATE, payload, identity);
      }
    }

    @Override
    public void deleted(byte @Nullable [] identity) {
      if (!toast) {
        add(Change.Kind.DELETE, null, identity);
      }
    }

    @Override
    public void retracted() {
      if (!toast) {
        buffer.retract(xact);
      }
    }
  }

  private @Nullable Outcome logical(WalRecord record) {
    MemorySegment log = record.memory();
    long at = record.dataOffset();
    long top = log.get(PageLayout.LONG, at);
    return switch (record.info()) {
      case LogicalRecords.RELATION -> {
        relation(record, top);
        yield null;
      }
      case LogicalRecords.ASSIGNMENT -> {
        buffer.begin(top, record.lsn());
        buffer.assign(record.xid(), top);
        yield null;
      }
      case LogicalRecords.TRUNCATE -> {
        truncate(record, buffer.begin(top, record.lsn()));
        yield null;
      }
      case LogicalRecords.MESSAGE -> message(record, top);
      default -> null;
    };
  }

  private static byte[] bytes(WalRecord record, long from, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(record.memory(), PageLayout.BYTE, from, bytes, 0, length);
    return bytes;
  }

  private void relation(WalRecord record, long top) {
    byte[] descriptor = bytes(record, record.dataOffset() + 8, record.dataLength() - 8);
    DecodedTable table = new DecodedTable(descriptor);
    if (table.relation().file().dbOid() == databaseOid) {
      buffer.begin(top, record.lsn()).describe(table);
    }
  }

  private void truncate(WalRecord record, DecodedXact xact) {
    MemorySegment log = record.memory();
    long at = record.dataOffset() + 8;
    int count = log.get(PageLayout.INT, at + 4);
    ByteBuffer data = ByteBuffer.allocate(4 + 4 * count);
    data.putInt(log.get(PageLayout.INT, at));
    List<Integer> tables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long each = at + 8 + 12L * i;
      RelFileLocator file =
          new RelFileLocator(log.get(PageLayout.INT, each), log.get(PageLayout.LONG, each + 4));
      int table = xact.tableOf(file);
      if (table >= 0) {
        tables.add(table);
      }
    }
    tables.forEach(data::putInt);
    if (!tables.isEmpty()) {
      byte[] content = Arrays.copyOf(data.array(), data.position());
      buffer.add(
          xact, new Change(Change.Kind.TRUNCATE, record.xid(), record.lsn(), -1, content, null));
    }
  }

  private @Nullable Outcome message(WalRecord record, long top) {
    long at = record.dataOffset() + 8;
    int database = record.memory().get(PageLayout.INT, at);
    int prefixLength = record.memory().get(PageLayout.INT, at + 4);
    if (database != databaseOid) {
      return null;
    }
    byte[] prefix = bytes(record, at + 8, prefixLength);
    int contentLength = record.dataLength() - 16 - prefixLength;
    byte[] content = bytes(record, at + 8 + prefixLength, contentLength);
    Change change =
        new Change(Change.Kind.MESSAGE, record.xid(), record.endLsn(), -1, content, prefix);
    if (top == 0) {
      return record.lsn() < startAt ? null : new Outcome.Message(change);
    }
    buffer.add(buffer.begin(top, record.lsn()), change);
    return null;
  }
}
