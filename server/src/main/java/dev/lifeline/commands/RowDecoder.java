package dev.lifeline.commands;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The codec of a relation's stored rows, with what its later columns read as in older rows.
public final class RowDecoder {
  private RowDecoder() {}

  public static TupleCodec of(Relation relation, EvalContext context) {
    List<PgType> types = new ArrayList<>();
    List<@Nullable Column> missing = new ArrayList<>();
    for (Relation.Column column : relation.columns()) {
      PgType type = Types.get(column.typeOid());
      types.add(type);
      missing.add(missing(column, type, context));
    }
    return new TupleCodec(types, missing);
  }

  private static @Nullable Column missing(
      Relation.Column column, PgType type, EvalContext context) {
    String text = column.missingText();
    if (text == null) {
      return null;
    }
    Column value = new Column(type.rep(), 1);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    type.ops().input(bytes, 0, bytes.length, column.typmod(), context, value, 0);
    return value;
  }
}
