package dev.lifeline.replication.logical;

import dev.lifeline.libpq.MessageReader;
import org.jspecify.annotations.Nullable;

/// A row as the publisher sends it.
final class RemoteRow {
  private final byte[] kinds;
  private final byte[] @Nullable [] values;

  private RemoteRow(byte[] kinds, byte[] @Nullable [] values) {
    this.kinds = kinds;
    this.values = values;
  }

  static RemoteRow read(MessageReader message) {
    int columns = message.readInt16();
    byte[] kinds = new byte[columns];
    byte[] @Nullable [] values = new byte[columns][];
    for (int i = 0; i < columns; i++) {
      kinds[i] = message.readByte();
      if (kinds[i] == 't' || kinds[i] == 'b') {
        values[i] = message.readBytes(message.readInt32());
      }
    }
    return new RemoteRow(kinds, values);
  }

  int size() {
    return kinds.length;
  }

  /// Whether a long value is as it was, and therefore not sent.
  boolean unchanged(int column) {
    return kinds[column] == 'u';
  }

  int format(int column) {
    return kinds[column] == 'b' ? 1 : 0;
  }

  byte @Nullable [] value(int column) {
    return values[column];
  }
}
