package dev.lifeline.libpq.client;

import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.Map;

/// Reads an ErrorResponse.
final class ErrorFields {
  private ErrorFields() {}

  /// What the server said; where its SQLSTATE is none of ours, it is told as a connection's
  /// failure.
  static PgException read(MessageReader message) {
    Map<Character, String> fields = new HashMap<>();
    while (message.remaining() > 0) {
      char field = (char) message.readByte();
      if (field == 0) {
        break;
      }
      fields.put(field, message.readString());
    }
    String severity = fields.getOrDefault('V', fields.getOrDefault('S', "ERROR"));
    PgException error =
        new PgException(
            severity.equals("FATAL") || severity.equals("PANIC") ? Severity.FATAL : Severity.ERROR,
            state(fields.getOrDefault('C', "")),
            fields.getOrDefault('M', ""));
    if (fields.containsKey('D')) {
      error.detail("%s", fields.get('D'));
    }
    if (fields.containsKey('H')) {
      error.hint("%s", fields.get('H'));
    }
    String context = fields.get('W');
    if (context != null) {
      error.context(context);
    }
    return error;
  }

  private static SqlState state(String code) {
    for (SqlState state : SqlState.values()) {
      if (state.code().equals(code)) {
        return state;
      }
    }
    return SqlState.CONNECTION_FAILURE;
  }

  /// As libpq prints it: `FATAL: ...`, with its detail, hint and context below.
  static String text(PgException error) {
    return error.severity().name()
        + ":  "
        + error.message()
        + (error.detail() == null ? "" : "\nDETAIL:  " + error.detail())
        + (error.hint() == null ? "" : "\nHINT:  " + error.hint())
        + (error.context() == null || error.context().isEmpty()
            ? ""
            : "\nCONTEXT:  " + error.context());
  }
}
