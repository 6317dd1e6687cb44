package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FieldSelect;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// Finds the fields of a record. Its type says nothing of them, so what made the record is looked
/// for: a row, or a function with several output arguments, be it in a subquery below.
final class RecordFields {
  private final Analysis analysis;

  RecordFields(Analysis analysis) {
    this.analysis = analysis;
  }

  /// `(record).name`
  ///
  /// @throws PgException 42809 for what is no record, 42703 for a field that it does not have
  Expression select(Expression record, String name, int location) {
    if (record.type() != Types.RECORD) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "column notation .%s applied to type %s, which is not a composite type",
              name,
              FormatType.name(record.type()))
          .at(ExprLocation.of(record));
    }
    List<FunctionColumns.Column> fields = fields(record);
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return new FieldSelect(record, i, name, fields.get(i).type(), ParseLoc.at(location));
      }
    }
    throw PgException.error(
            SqlState.UNDEFINED_COLUMN, "could not identify column \"%s\" in record data type", name)
        .at(ExprLocation.of(record));
  }

  private List<FunctionColumns.Column> fields(Expression record) {
    return switch (record) {
      case FuncExpr call -> FunctionColumns.of(call);
      case RowExpr row -> {
        List<FunctionColumns.Column> fields = new ArrayList<>();
        for (Expression field : row.fields()) {
          fields.add(new FunctionColumns.Column("f" + (fields.size() + 1), field.type()));
        }
        yield fields;
      }
      case Var var -> fields(var);
      default -> List.of();
    };
  }

  /// Those of a record that a subquery returns.
  private List<FunctionColumns.Column> fields(Var var) {
    for (RangeEntry range : analysis.ranges()) {
      if (range.id() == var.varno()) {
        Query query =
            switch (range) {
              case RangeEntry.Subquery subquery -> subquery.query();
              case RangeEntry.Cte cte -> cte.table().query();
              case RangeEntry.Table table -> null;
              case RangeEntry.Function function -> null;
              case RangeEntry.Values values -> null;
            };
        List<RangeEntry.RangeColumn> columns = range.columns();
        for (int i = 0; query != null && i < columns.size(); i++) {
          if (columns.get(i).attnum() == var.attno()) {
            return fields(query.outputs().get(i).expr());
          }
        }
      }
    }
    return List.of();
  }
}
