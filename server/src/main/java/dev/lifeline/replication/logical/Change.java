package dev.lifeline.replication.logical;

import dev.lifeline.utils.adt.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One change of a transaction, as the reorder buffer keeps it: rows are the bytes of the WAL until
/// the transaction commits.
final class Change {
  enum Kind {
    INSERT('I'),
    UPDATE('U'),
    DELETE('D'),
    /// `data` is the flags, then the numbers of the tables.
    TRUNCATE('T'),
    /// `data` is the content, `old` the prefix.
    MESSAGE('M'),
    /// A chunk of a long value.
    TOAST('C');

    private final char code;

    Kind(char code) {
      this.code = code;
    }

    static Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalStateException("no kind of change has the code " + code);
    }
  }

  /// What an entry takes in memory beside its bytes.
  private static final int OVERHEAD = 64;

  final Kind kind;

  /// The subtransaction.
  final long xid;

  final long lsn;

  /// The number of the table in its transaction; -1 for none.
  final int table;

  final byte @Nullable [] data;
  final byte @Nullable [] old;

  Change(Kind kind, long xid, long lsn, int table, byte @Nullable [] data, byte @Nullable [] old) {
    this.kind = kind;
    this.xid = xid;
    this.lsn = lsn;
    this.table = table;
    this.data = data;
    this.old = old;
  }

  int size() {
    return OVERHEAD + (data == null ? 0 : data.length) + (old == null ? 0 : old.length);
  }

  void write(ByteWriter out) {
    out.int8(kind.code);
    out.int64(xid);
    out.int64(lsn);
    out.int32(table);
    bytes(out, data);
    bytes(out, old);
  }

  private static void bytes(ByteWriter out, byte @Nullable [] bytes) {
    out.int32(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.bytes(bytes);
    }
  }

  static Change read(ByteBuffer in) {
    Kind kind = Kind.of(in.get());
    long xid = in.getLong();
    long lsn = in.getLong();
    int table = in.getInt();
    byte[] data = bytes(in);
    return new Change(kind, xid, lsn, table, data, bytes(in));
  }

  private static byte @Nullable [] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
