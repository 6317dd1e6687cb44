package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.nio.charset.StandardCharsets;

/// Writes SQL values as JSON, as `to_json` does.
final class JsonBuilder {
  private final EvalContext context;
  private final StringBuilder out;

  JsonBuilder(EvalContext context, StringBuilder out) {
    this.context = context;
    this.out = out;
  }

  /// @param pretty whether a line begins with each element of an array or field of a row
  void value(PgType type, Column column, int row, boolean pretty) {
    if (column.isNull(row)) {
      out.append("null");
      return;
    }
    switch (type.oid()) {
      case Types.BOOL -> out.append(column.getLong(row) != 0);
      case Types.INT2, Types.INT4, Types.INT8, Types.FLOAT4, Types.FLOAT8, Types.NUMERIC ->
          number(text(type, column, row));
      case Types.DATE, Types.TIMESTAMP, Types.TIMESTAMPTZ ->
          JsonText.quote(isoText(type, column, row), out);
      case Types.JSON, Types.JSONB -> out.append(text(type, column, row));
      default -> {
        Object value = type.rep() == Rep.OBJECT ? column.getObject(row) : null;
        if (value instanceof PgArray array && type.isArray()) {
          array(array, 0, 0, pretty);
        } else if (value instanceof PgRecord record) {
          record(record, pretty);
        } else {
          JsonText.quote(text(type, column, row), out);
        }
      }
    }
  }

  /// What JSON has no number for becomes a string.
  private void number(String digits) {
    char last = digits.charAt(digits.length() - 1);
    if (last >= '0' && last <= '9') {
      out.append(digits);
    } else {
      JsonText.quote(digits, out);
    }
  }

  String text(PgType type, Column column, int row) {
    ByteWriter writer = new ByteWriter(32);
    type.output(column, row, context, writer);
    return new String(writer.array(), 0, writer.size(), StandardCharsets.UTF_8);
  }

  /// ISO 8601, whatever DateStyle says.
  private String isoText(PgType type, Column column, int row) {
    DateTimeStyle style = context.dateStyle();
    context.dateStyle(DateTimeStyle.ISO_MDY);
    try {
      String text = text(type, column, row).replaceFirst("^([-0-9]+) ([0-9])", "$1T$2");
      return type.oid() == Types.TIMESTAMPTZ
          ? text.replaceFirst("([+-][0-9][0-9])( BC)?$", "$1:00$2")
          : text;
    } finally {
      context.dateStyle(style);
    }
  }

  /// Writes the elements of one dimension from an offset on.
  private int array(PgArray array, int dimension, int offset, boolean pretty) {
    if (array.dimensions() == 0) {
      out.append("[]");
      return 0;
    }
    out.append('[');
    int at = offset;
    for (int i = 0; i < array.dimension(dimension); i++) {
      if (i > 0) {
        out.append(pretty && dimension == 0 ? ",\n " : ",");
      }
      if (dimension + 1 < array.dimensions()) {
        at = array(array, dimension + 1, at, false);
      } else {
        value(array.elementType(), array.elements(), at++, false);
      }
    }
    out.append(']');
    return at;
  }

  private void record(PgRecord record, boolean pretty) {
    out.append('{');
    for (int i = 0; i < record.types().size(); i++) {
      if (i > 0) {
        out.append(pretty ? ",\n " : ",");
      }
      JsonText.quote("f" + (i + 1), out);
      out.append(':');
      PgType type = record.types().get(i);
      Column column = new Column(type.rep(), 1);
      Values.set(column, 0, record.values().get(i));
      value(type, column, 0, false);
    }
    out.append('}');
  }
}
