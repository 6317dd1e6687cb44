package dev.lifeline.tcop;

import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The values that a Bind message has given to a statement, as the server log and the context of
/// errors show them: `$1 = 'x', $2 = NULL`.
final class BoundParameters {
  private static final int COUNTED_BYTES_MIN = 1 << 16;

  private final List<Integer> types;
  private final Batch values;

  private final long bytes;

  /// @param bytes that the client sent for them
  BoundParameters(List<Integer> types, Batch values, long bytes) {
    this.types = types;
    this.values = values;
    this.bytes = bytes;
  }

  /// 0 for values that are not worth counting.
  long countedBytes() {
    return bytes < COUNTED_BYTES_MIN ? 0 : bytes;
  }

  /// @param bytesMax how much of each value is shown; -1 for all of it
  String show(EvalContext context, long bytesMax) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < types.size(); i++) {
      Column column = values.column(i);
      text.append(i == 0 ? "$" : ", $").append(i + 1).append(" = ");
      text.append(column.isNull(0) ? "NULL" : quoted(value(i, context), bytesMax));
    }
    return text.toString();
  }

  private byte[] value(int parameter, EvalContext context) {
    Column column = values.column(parameter);
    ByteWriter out = new ByteWriter();
    try {
      Types.get(types.get(parameter)).ops().output(column, 0, context, out);
    } catch (NotYet notYet) {
      // The name of a catalog's object would have to be read first; its oid says which one it is.
      out.clear();
      out.decimal(column.getLong(0));
    }
    return out.toBytes();
  }

  private static String quoted(byte[] value, long bytesMax) {
    boolean cut = bytesMax >= 0 && value.length > bytesMax;
    int length = cut ? (int) bytesMax : value.length;
    while (cut && length > 0 && (value[length] & 0xC0) == 0x80) {
      length--;
    }
    String text = new String(value, 0, length, StandardCharsets.UTF_8).replace("'", "''");
    return "'" + text + (cut ? "..." : "") + "'";
  }

  /// What goes with the error of a value that cannot be read.
  ///
  /// @param binary whether it came in binary form, which is not shown
  static String unreadable(
      String portal, int parameter, byte[] value, boolean binary, long bytesMax) {
    String which = portal.isEmpty() ? "unnamed portal" : "portal \"" + portal + "\"";
    String shown = binary ? "" : " = " + quoted(value, bytesMax);
    return which + " parameter $" + (parameter + 1) + shown;
  }

  /// The error of a statement that had these parameters.
  ///
  /// @param parameters null where there were none
  static void addTo(
      PgException error,
      String portal,
      @Nullable BoundParameters parameters,
      EvalContext context,
      long bytesMax) {
    if (parameters == null || bytesMax == 0 || error.severity().compareTo(Severity.ERROR) < 0) {
      return;
    }
    String which = portal.isEmpty() ? "unnamed portal" : "portal \"" + portal + "\"";
    String line = which + " with parameters: " + parameters.show(context, bytesMax);
    String before = error.context();
    error.context(before == null ? line : before + "\n" + line);
  }
}
