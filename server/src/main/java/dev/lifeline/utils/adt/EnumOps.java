package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;

/// The values of an enum type. Only their text form, which the binary one is too, needs the
/// catalog, see [EnumLabels].
final class EnumOps extends LongOps {
  private final int type;

  EnumOps(int type) {
    super(4, true);
    this.type = type;
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    EnumLabels.Label label = context.catalog().enumLabels(type).find(text);
    if (label == null) {
      throw PgException.error(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "invalid input value for enum %s: \"%s\"",
          name(context),
          text);
    }
    if (label.uncommitted()) {
      throw PgException.error(
              SqlState.UNSAFE_NEW_ENUM_VALUE_USAGE,
              "unsafe use of new value \"%s\" of enum type %s",
              text,
              name(context))
          .hint("New enum values must be committed before they can be used.");
    }
    return label.code();
  }

  private String name(EvalContext context) {
    return FormatType.name(type, -1, false, context.catalog());
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    EnumLabels.Label label = context.catalog().enumLabels(type).find(value);
    if (label == null) {
      throw PgException.error(
          SqlState.INVALID_BINARY_REPRESENTATION,
          "invalid internal value for enum: %s",
          Long.toString(value));
    }
    out.bytes(label.text().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void receive(
      byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    input(data, offset, length, typmod, context, out, row);
  }

  @Override
  public void send(Column in, int row, EvalContext context, ByteWriter out) {
    output(in, row, context, out);
  }
}
