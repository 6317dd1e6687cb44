package dev.lifeline.commands;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a COPY's data is written.
///
/// @param nullText what stands for null, as it is in the data
/// @param quote the CSV quote character
/// @param forceQuote the columns whose values are always quoted on output; null for all
record CopyOptions(
    boolean binary,
    boolean csv,
    byte delimiter,
    String nullText,
    Header header,
    byte quote,
    byte escape,
    @Nullable List<String> forceQuote,
    List<String> forceNotNull,
    List<String> forceNull,
    boolean freeze) {

  enum Header {
    NONE,
    PRESENT,
    /// Present, and its names must be those of the columns.
    MATCH
  }

  /// Gathers the options of one statement and then checks them together, in PostgreSQL's order.
  static final class Builder {
    private boolean binary;
    private boolean csv;
    private @Nullable String delimiter;
    private @Nullable String nullText;
    private Header header = Header.NONE;
    private @Nullable String quote;
    private @Nullable String escape;
    private @Nullable List<String> forceQuote = List.of();
    private List<String> forceNotNull = List.of();
    private List<String> forceNull = List.of();
    private boolean freeze;

    void format(String name) {
      csv =
          switch (name) {
            case "text" -> false;
            case "csv" -> true;
            case "binary" -> false;
            default ->
                throw PgException.error(
                    SqlState.INVALID_PARAMETER_VALUE, "COPY format \"%s\" not recognized", name);
          };
      binary = name.equals("binary");
    }

    void delimiter(String value) {
      delimiter = value;
    }

    void nullText(String value) {
      nullText = value;
    }

    void header(Header value) {
      header = value;
    }

    void quote(String value) {
      quote = value;
    }

    void escape(String value) {
      escape = value;
    }

    void forceQuote(@Nullable List<String> columns) {
      forceQuote = columns;
    }

    void forceNotNull(List<String> columns) {
      forceNotNull = columns;
    }

    void forceNull(List<String> columns) {
      forceNull = columns;
    }

    void freeze(boolean value) {
      freeze = value;
    }

    CopyOptions build(boolean from) {
      checkNotBinary();
      String delim = delimiter != null ? delimiter : csv ? "," : "\t";
      String nulls = nullText != null ? nullText : csv ? "" : "\\N";
      byte delimByte = oneByte(delim, "delimiter");
      checkDelimiter(delim, nulls);
      checkCsvOnly(from);
      byte quoteByte = quote == null ? (byte) '"' : oneByte(quote, "quote");
      byte escapeByte = escape == null ? quoteByte : oneByte(escape, "escape");
      if (csv && delimByte == quoteByte) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "COPY delimiter and quote must be different");
      }
      if (nulls.indexOf(delimByte) >= 0) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "COPY delimiter must not appear in the NULL specification");
      }
      if (csv && nulls.indexOf(quoteByte) >= 0) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "CSV quote character must not appear in the NULL specification");
      }
      return new CopyOptions(
          binary,
          csv,
          delimByte,
          nulls,
          header,
          quoteByte,
          escapeByte,
          forceQuote,
          forceNotNull,
          forceNull,
          freeze);
    }

    private void checkNotBinary() {
      if (binary && delimiter != null) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "cannot specify DELIMITER in BINARY mode");
      }
      if (binary && nullText != null) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "cannot specify NULL in BINARY mode");
      }
      if (binary && header != Header.NONE) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "cannot specify HEADER in BINARY mode");
      }
    }

    private void checkDelimiter(String delim, String nulls) {
      if (delim.equals("\n") || delim.equals("\r")) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "COPY delimiter cannot be newline or carriage return");
      }
      if (nulls.indexOf('\n') >= 0 || nulls.indexOf('\r') >= 0) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "COPY null representation cannot use newline or carriage return");
      }
      if (!csv && "\\.abcdefghijklmnopqrstuvwxyz0123456789".contains(delim)) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "COPY delimiter cannot be \"%s\"", delim);
      }
    }

    private void checkCsvOnly(boolean from) {
      requireCsv(quote != null, "quote");
      requireCsv(escape != null, "escape");
      List<String> quoted = forceQuote;
      requireCsv(quoted == null || !quoted.isEmpty(), "force quote");
      requireCsv(!forceNotNull.isEmpty(), "force not null");
      requireCsv(!forceNull.isEmpty(), "force null");
      if ((quoted == null || !quoted.isEmpty()) && from) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "COPY force quote only available using COPY TO");
      }
      if (!forceNotNull.isEmpty() && !from) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "COPY force not null only available using COPY FROM");
      }
      if (!forceNull.isEmpty() && !from) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "COPY force null only available using COPY FROM");
      }
    }

    private void requireCsv(boolean given, String what) {
      if (given && !csv) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "COPY %s available only in CSV mode", what);
      }
    }

    private static byte oneByte(String value, String what) {
      if (value.length() != 1 || value.charAt(0) > 127) {
        throw PgException.error(
            what.equals("delimiter")
                ? SqlState.FEATURE_NOT_SUPPORTED
                : SqlState.INVALID_PARAMETER_VALUE,
            "COPY %s must be a single one-byte character",
            what);
      }
      return (byte) value.charAt(0);
    }
  }
}
