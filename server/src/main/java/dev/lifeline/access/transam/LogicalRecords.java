package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.storage.page.PageLayout;
import java.util.List;

/// The records of [Rmgr#LOGICAL], which only logical decoding reads: redo has nothing to do.
///
/// | record | data |
/// | --- | --- |
/// | RELATION | top xid, then the table's descriptor ([LoggedTable#descriptor]) |
/// | ASSIGNMENT | top xid; the record's own is the subtransaction |
/// | TRUNCATE | top xid, flags, count, then the files of the tables (database, relation number) |
/// | MESSAGE | top xid (0: not transactional), database, length of the prefix, prefix, content |
public final class LogicalRecords {
  public static final int RELATION = 0x00;
  public static final int ASSIGNMENT = 0x10;
  public static final int TRUNCATE = 0x20;
  public static final int MESSAGE = 0x30;

  /// Flags of TRUNCATE, as pgoutput sends them.
  public static final int TRUNCATE_CASCADE = 1;

  public static final int TRUNCATE_RESTART_SEQS = 2;

  private LogicalRecords() {}

  static ResourceManager manager() {
    return new Manager();
  }

  private static final class Manager implements ResourceManager {
    @Override
    public int id() {
      return Rmgr.LOGICAL;
    }

    @Override
    public String name() {
      return "LogicalMessage";
    }

    @Override
    public void redo(WalRecord record, RedoContext context) {
      // What it tells is told to decoding alone.
    }

    @Override
    public String describe(WalRecord record) {
      long top = record.memory().get(PageLayout.LONG, record.dataOffset());
      return switch (record.info()) {
        case RELATION -> "RELATION top xid " + top;
        case ASSIGNMENT -> "ASSIGNMENT top xid " + top;
        case TRUNCATE -> "TRUNCATE top xid " + top;
        case MESSAGE -> (top == 0 ? "non-" : "") + "transactional message";
        default -> "UNKNOWN";
      };
    }
  }

  /// Where a transaction came from that was applied here for somebody else.
  ///
  /// @param id as in `pg_replication_origin.roident`
  /// @param remoteLsn the end of its commit there
  /// @param timeMicros when it was committed there, since 1970
  public record Origin(int id, long remoteLsn, long timeMicros) {
    @Override
    public String toString() {
      return "origin: node " + id + ", lsn " + Lsn.format(remoteLsn);
    }
  }

  /// What the end of a transaction tells decoding.
  ///
  /// @param origin null where the transaction began here
  public record End(
      boolean commit,
      long timeMicros,
      List<Long> subXids,
      @org.jspecify.annotations.Nullable Origin origin) {}

  /// Reads a record of [Rmgr#XACT].
  public static End end(WalRecord record) {
    XactRecord content = XactRecord.parse(record);
    boolean commit = record.info() == XlogRecords.COMMIT;
    return new End(commit, content.timeMicros(), content.subXids(), content.origin());
  }

  /// Whether the record is a checkpoint at which no transaction was running.
  public static boolean endsAllTransactions(WalRecord record) {
    return record.rmgr() == Rmgr.XLOG && record.info() == XlogRecords.CHECKPOINT_SHUTDOWN;
  }
}
