package dev.lifeline.replication.logical;

import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What pgoutput sends, protocol version 1 (see "Logical Replication Message Formats" in
/// PostgreSQL's manual).
sealed interface LogicalMessage {
  /// A transaction begins.
  ///
  /// @param finalLsn where its commit begins
  record Begin(long finalLsn, long timeMicros, int xid) implements LogicalMessage {}

  /// It ends.
  ///
  /// @param endLsn where its commit ends
  record Commit(long commitLsn, long endLsn, long timeMicros) implements LogicalMessage {}

  record Table(RemoteTable table) implements LogicalMessage {}

  record Insert(int table, RemoteRow row) implements LogicalMessage {}

  /// A row is replaced.
  ///
  /// @param before what identifies the row; null where that has not changed
  record Update(int table, @Nullable RemoteRow before, RemoteRow row) implements LogicalMessage {}

  record Delete(int table, RemoteRow before) implements LogicalMessage {}

  record Truncate(List<Integer> tables, boolean restartSequences) implements LogicalMessage {}

  /// What nothing follows from: the name of a type or an origin, a message of an application.
  record Other() implements LogicalMessage {}

  /// Microseconds between 1970 and 2000, from where PostgreSQL counts.
  long EPOCH_SHIFT = EvalContext.EPOCH_SHIFT;

  /// As PostgreSQL's messages call it.
  static String label(byte type) {
    return switch (type) {
      case 'B' -> "BEGIN";
      case 'C' -> "COMMIT";
      case 'O' -> "ORIGIN";
      case 'R' -> "RELATION";
      case 'Y' -> "TYPE";
      case 'I' -> "INSERT";
      case 'U' -> "UPDATE";
      case 'D' -> "DELETE";
      case 'T' -> "TRUNCATE";
      case 'M' -> "MESSAGE";
      default -> "??? (" + Byte.toUnsignedInt(type) + ")";
    };
  }

  static LogicalMessage read(byte type, MessageReader message) {
    return switch (type) {
      case 'B' ->
          new Begin(message.readInt64(), message.readInt64() + EPOCH_SHIFT, message.readInt32());
      case 'C' -> {
        message.readByte();
        yield new Commit(
            message.readInt64(), message.readInt64(), message.readInt64() + EPOCH_SHIFT);
      }
      case 'R' -> new Table(table(message));
      case 'I' -> {
        int table = message.readInt32();
        expect(message.readByte(), 'N');
        yield new Insert(table, RemoteRow.read(message));
      }
      case 'U' -> update(message);
      case 'D' -> {
        int table = message.readInt32();
        message.readByte();
        yield new Delete(table, RemoteRow.read(message));
      }
      case 'T' -> {
        int count = message.readInt32();
        boolean restart = (message.readByte() & 2) != 0;
        List<Integer> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          tables.add(message.readInt32());
        }
        yield new Truncate(tables, restart);
      }
      case 'O', 'Y', 'M' -> new Other();
      default ->
          throw PgException.error(
              SqlState.PROTOCOL_VIOLATION,
              "invalid logical replication message type \"%s\"",
              label(type));
    };
  }

  private static void expect(byte found, char wanted) {
    if (found != wanted) {
      throw PgException.error(
          SqlState.PROTOCOL_VIOLATION, "expected new tuple but got %d", Byte.toUnsignedInt(found));
    }
  }

  private static Update update(MessageReader message) {
    int table = message.readInt32();
    byte kind = message.readByte();
    RemoteRow before = null;
    if (kind == 'K' || kind == 'O') {
      before = RemoteRow.read(message);
      kind = message.readByte();
    }
    expect(kind, 'N');
    return new Update(table, before, RemoteRow.read(message));
  }

  private static RemoteTable table(MessageReader message) {
    int id = message.readInt32();
    String schema = message.readString();
    String name = message.readString();
    char identity = (char) message.readByte();
    int count = message.readInt16();
    List<RemoteTable.Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean key = (message.readByte() & 1) != 0;
      columns.add(new RemoteTable.Column(message.readString(), key));
      message.readInt32();
      message.readInt32();
    }
    return new RemoteTable(id, schema.isEmpty() ? "pg_catalog" : schema, name, identity, columns);
  }
}
