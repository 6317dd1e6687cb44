package dev.lifeline.tcop;

import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the literals that were taken out of a statement, as values of the types that their uses
/// have told.
final class LiteralValues {
  private LiteralValues() {}

  static Batch read(
      List<LiteralExtractor.Literal> literals, List<Integer> types, EvalContext context) {
    Column[] columns = new Column[literals.size()];
    for (int i = 0; i < columns.length; i++) {
      LiteralExtractor.Literal literal = literals.get(i);
      PgType type = Types.get(types.get(i));
      columns[i] = new Column(type.rep(), 1);
      if (literal.typeOid() == Types.INT4) {
        columns[i].setLong(0, Integer.parseInt(literal.text()));
      } else {
        byte[] bytes = literal.text().getBytes(StandardCharsets.UTF_8);
        type.ops().input(bytes, 0, bytes.length, -1, context, columns[i], 0);
      }
    }
    Batch batch = new Batch(columns);
    batch.setSize(1);
    return batch;
  }
}
