package dev.lifeline.access.heap;

import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the rows out of the heap's WAL records, for logical decoding.
public final class HeapDecoder {
  /// Told of the changes of one record.
  public interface Sink {
    /// A row is new.
    ///
    /// @param payload of the tuple
    void inserted(byte[] payload);

    /// A row has a new version.
    ///
    /// @param identity of the old version, see
    ///   [dev.lifeline.access.transam.LoggedTable#oldIdentity]; null where it was not logged
    void updated(byte @Nullable [] identity, byte[] payload);

    void deleted(byte @Nullable [] identity);

    /// The transaction has taken back the row that it added last.
    void retracted();
  }

  private HeapDecoder() {}

  /// Whether the record is about rows: the others are about pages and locks.
  public static boolean changesRows(int info) {
    return switch (info & ~HeapRecord.INIT_PAGE) {
      case HeapRecord.INSERT,
          HeapRecord.MULTI_INSERT,
          HeapRecord.DELETE,
          HeapRecord.UPDATE,
          HeapRecord.UPDATE_IN_PAGE,
          HeapRecord.RETRACT ->
          true;
      default -> false;
    };
  }

  /// Takes apart a record that was logged for a [dev.lifeline.access.transam.LoggedTable].
  public static void decode(WalRecord record, Sink sink) {
    MemorySegment log = record.memory();
    long at = record.blockDataOffset(0);
    int length = record.blockDataLength(0);
    switch (record.info() & ~HeapRecord.INIT_PAGE) {
      case HeapRecord.INSERT -> sink.inserted(bytes(log, at + 4, length - 4));
      case HeapRecord.MULTI_INSERT -> multiInsert(log, at, sink);
      case HeapRecord.UPDATE -> sink.updated(identity(record, 2), bytes(log, at + 4, length - 4));
      case HeapRecord.UPDATE_IN_PAGE ->
          sink.updated(identity(record, 0), bytes(log, at + 8, length - 8));
      case HeapRecord.DELETE -> sink.deleted(identity(record, 0));
      case HeapRecord.RETRACT -> sink.retracted();
      default -> throw new IllegalArgumentException("heap record " + record.info());
    }
  }

  private static void multiInsert(MemorySegment log, long from, Sink sink) {
    int count = log.get(PageLayout.SHORT, from) & 0xffff;
    long at = from + 2;
    for (int i = 0; i < count; i++) {
      int length = log.get(PageLayout.SHORT, at + 2) & 0xffff;
      sink.inserted(bytes(log, at + 4, length));
      at += 4 + length;
    }
  }

  private static byte @Nullable [] identity(WalRecord record, int skip) {
    int length = record.dataLength() - skip;
    return length <= 0 ? null : bytes(record.memory(), record.dataOffset() + skip, length);
  }

  private static byte[] bytes(MemorySegment from, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(from, PageLayout.BYTE, at, bytes, 0, length);
    return bytes;
  }
}
