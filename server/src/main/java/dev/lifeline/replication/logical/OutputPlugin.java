package dev.lifeline.replication.logical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells the changes of committed transactions in some form. Transactions come in the order of
/// their commits, each from [#begin] to [#commit].
public interface OutputPlugin {
  /// Takes the messages that a plugin makes.
  interface Sink {
    /// Takes the next message.
    ///
    /// @param lsn of the change that it tells
    /// @param xid of the transaction
    void write(long lsn, long xid, byte[] message);
  }

  /// Whether the messages are text, which SQL functions may return as such.
  boolean isText();

  /// Whether transactions that were applied from somewhere else are left out.
  boolean filters(DecodedXact xact);

  /// Looks up what it will need to tell of a transaction or of a table. May throw
  /// [dev.lifeline.utils.NotYet]; what follows does not.
  ///
  /// @param table null where the transaction begins
  default void prepare(DecodedXact xact, @Nullable DecodedTable table) {}

  void begin(DecodedXact xact, Sink sink);

  /// A change of a row.
  void change(DecodedXact xact, RowChange change, Sink sink);

  void truncate(DecodedXact xact, long lsn, List<DecodedTable> tables, int flags, Sink sink);

  /// A message of an application.
  ///
  /// @param xact null for one that is not transactional
  void message(@Nullable DecodedXact xact, long lsn, String prefix, byte[] content, Sink sink);

  void commit(DecodedXact xact, Sink sink);

  /// A change of a row.
  ///
  /// @param kind INSERT, UPDATE or DELETE
  /// @param identity `K` or `O`: what the old row has; 0 where there is none
  /// @param old the old row or its key
  /// @param now the new row; null for a delete
  record RowChange(
      Change.Kind kind,
      long lsn,
      DecodedTable table,
      char identity,
      DecodedTable.@Nullable Row old,
      DecodedTable.@Nullable Row now) {}
}
