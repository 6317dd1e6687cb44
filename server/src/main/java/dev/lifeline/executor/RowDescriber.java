package dev.lifeline.executor;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.StoredTable.StoredIndex;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;

/// The errors about rows that violate a constraint, with the row in their detail.
final class RowDescriber {
  private static final int VALUE_BYTES_MAX = 64;

  private final StoredTable stored;
  private final EvalContext context;

  RowDescriber(StoredTable stored, EvalContext context) {
    this.stored = stored;
    this.context = context;
  }

  PgException notNull(Relation.Column column, Batch rows, int row) {
    Relation relation = stored.relation();
    return PgException.error(
            SqlState.NOT_NULL_VIOLATION,
            "null value in column \"%s\" of relation \"%s\" violates not-null constraint",
            column.name(),
            relation.name())
        .detail("Failing row contains %s.", row(rows, row))
        .table(relation.namespace(), relation.name())
        .column(column.name());
  }

  PgException check(String constraint, Batch rows, int row) {
    Relation relation = stored.relation();
    return PgException.error(
            SqlState.CHECK_VIOLATION,
            "new row for relation \"%s\" violates check constraint \"%s\"",
            relation.name(),
            constraint)
        .detail("Failing row contains %s.", row(rows, row))
        .table(relation.namespace(), relation.name())
        .constraint(constraint);
  }

  /// @param key of the row
  PgException duplicateKey(StoredIndex index, IndexForm.Keys key) {
    Relation relation = stored.relation();
    return PgException.error(
            SqlState.UNIQUE_VIOLATION,
            "duplicate key value violates unique constraint \"%s\"",
            index.definition().name())
        .detail(
            "Key (%s)=(%s) already exists.",
            index.form().describeNames(relation), key.describe(context))
        .table(relation.namespace(), relation.name())
        .constraint(index.definition().name());
  }

  private String row(Batch rows, int row) {
    StringBuilder out = new StringBuilder("(");
    for (int c = 0; c < stored.types().size(); c++) {
      if (stored.relation().columns().get(c).dropped()) {
        continue;
      }
      if (out.length() > 1) {
        out.append(", ");
      }
      out.append(clipped(value(c, rows.column(c), row)));
    }
    return out.append(')').toString();
  }

  private String value(int column, Column values, int row) {
    if (values.isNull(row)) {
      return "null";
    }
    ByteWriter writer = new ByteWriter(32);
    stored.types().get(column).output(values, row, context, writer);
    return new String(writer.array(), 0, writer.size(), StandardCharsets.UTF_8);
  }

  private static String clipped(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= VALUE_BYTES_MAX) {
      return value;
    }
    int end = VALUE_BYTES_MAX;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8) + "...";
  }
}
