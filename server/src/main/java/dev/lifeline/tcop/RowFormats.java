package dev.lifeline.tcop;

import dev.lifeline.executor.ResultColumn;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// In which format each column of a result goes to the client.
final class RowFormats {
  static final int TEXT = 0;
  static final int BINARY = 1;

  static final RowFormats ALL_TEXT = new RowFormats();

  static final RowFormats ALL_BINARY = new RowFormats(BINARY);

  /// None: all text. One: for all columns. Else one for each.
  private final int[] codes;

  private RowFormats(int... codes) {
    this.codes = codes;
  }

  /// As a Bind message tells them.
  static RowFormats of(int[] codes) {
    for (int code : codes) {
      if (code != TEXT && code != BINARY) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: %d", code);
      }
    }
    return codes.length == 0 ? ALL_TEXT : new RowFormats(codes.clone());
  }

  void check(int columns) {
    if (codes.length > 1 && codes.length != columns) {
      throw PgException.error(
          SqlState.PROTOCOL_VIOLATION,
          "bind message has %d result formats but query has %d columns",
          codes.length,
          columns);
    }
  }

  int code(int column) {
    return codes.length == 0 ? TEXT : codes.length == 1 ? codes[0] : codes[column];
  }

  /// Tells the client the shape of the rows.
  void describe(List<ResultColumn> columns, BackendWriter writer) {
    writer.begin('T');
    ByteWriter body = writer.body();
    body.int16(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      ResultColumn column = columns.get(i);
      body.cstring(column.name());
      body.int32(column.tableOid());
      body.int16(column.attributeNumber());
      body.int32(column.typeOid());
      body.int16(column.typeLength());
      body.int32(column.typmod());
      body.int16(code(i));
    }
    writer.end();
  }
}
