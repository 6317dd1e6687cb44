package dev.lifeline.tcop;

import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The content of a Bind message.
///
/// @param parameterFormats as the protocol has them: none, one for all, or one for each
record BindMessage(
    String portal,
    String statement,
    Formats parameterFormats,
    List<byte @Nullable []> values,
    Formats resultFormats) {

  /// Format codes; none: all text; one: for all; else one for each.
  @SuppressWarnings("ArrayRecordComponent") // Read once and handed on; never compared.
  record Formats(int[] codes) {
    /// The format of one value.
    int of(int value) {
      return codes.length == 0 ? 0 : codes.length == 1 ? codes[0] : codes[value];
    }
  }

  static BindMessage read(MessageReader message) {
    String portal = message.readString();
    String statement = message.readString();
    Formats parameterFormats = formats(message);
    int count = message.readInt16();
    List<byte @Nullable []> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = message.readInt32();
      values.add(length == -1 ? null : message.readBytes(length));
    }
    Formats resultFormats = formats(message);
    message.end();
    return new BindMessage(portal, statement, parameterFormats, values, resultFormats);
  }

  /// That all values have together.
  long valueBytes() {
    long bytes = 0;
    for (byte[] value : values) {
      bytes += value == null ? 0 : value.length;
    }
    return bytes;
  }

  private static Formats formats(MessageReader message) {
    int[] codes = new int[message.readInt16()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = message.readInt16();
    }
    return new Formats(codes);
  }

  /// Refuses a message that does not fit its statement.
  void check(PreparedStatement prepared) {
    int formats = parameterFormats.codes().length;
    if (formats > 1 && formats != values.size()) {
      throw PgException.error(
          SqlState.PROTOCOL_VIOLATION,
          "bind message has %d parameter formats but %d parameters",
          formats,
          values.size());
    }
    int expected = prepared.parameterTypes().size();
    if (values.size() != expected) {
      throw PgException.error(
          SqlState.PROTOCOL_VIOLATION,
          "bind message supplies %d parameters, but prepared statement \"%s\" requires %d",
          values.size(),
          prepared.name(),
          expected);
    }
  }
}
