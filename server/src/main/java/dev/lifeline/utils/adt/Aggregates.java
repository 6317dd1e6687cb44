package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;

/// The code of the built-in aggregates.
public final class Aggregates {
  private Aggregates() {}

  /// New states for a call of an aggregate.
  ///
  /// @param argTypes the real types of the arguments
  /// @param resultType the real type of the result
  /// @throws PgException 0A000 for an aggregate that Lifeline does not have
  public static AggregateState newState(
      PgProc aggregate, List<Integer> argTypes, int resultType, EvalContext context) {
    String name = aggregate.name();
    int type = argTypes.isEmpty() ? 0 : argTypes.getFirst();
    return switch (name) {
      case "count" -> new CountState(!argTypes.isEmpty());
      case "sum" -> sum(type);
      case "avg" -> average(type);
      case "min", "max" -> extreme(name.equals("max"), Types.get(type));
      case "bool_and", "every" -> new LongFoldStates.Fold((a, b) -> a & b);
      case "bool_or" -> new LongFoldStates.Fold((a, b) -> a | b);
      case "bit_and" -> new LongFoldStates.Fold((a, b) -> a & b);
      case "bit_or" -> new LongFoldStates.Fold((a, b) -> a | b);
      case "bit_xor" -> new LongFoldStates.Fold((a, b) -> a ^ b);
      case "string_agg" ->
          type == Types.BYTEA ? new CollectStates.ByteaConcat() : new CollectStates.TextConcat();
      case "array_agg" ->
          Types.elementOf(type) != 0
              ? new CollectStates.ArrayOfArrays(Types.get(Types.elementOf(type)))
              : new CollectStates.ArrayOf(Types.get(type));
      case "json_agg" -> new JsonStates(argTypes, context, false, false);
      case "jsonb_agg" -> new JsonStates(argTypes, context, false, true);
      case "json_object_agg" -> new JsonStates(argTypes, context, true, false);
      case "jsonb_object_agg" -> new JsonStates(argTypes, context, true, true);
      case "variance", "var_samp", "var_pop", "stddev", "stddev_samp", "stddev_pop" ->
          variance(name, type);
      case "corr",
          "covar_pop",
          "covar_samp",
          "regr_count",
          "regr_sxx",
          "regr_syy",
          "regr_sxy",
          "regr_avgx",
          "regr_avgy",
          "regr_r2",
          "regr_slope",
          "regr_intercept" ->
          new RegressionState(name);
      default -> throw PgException.notSupported("aggregate " + name);
    };
  }

  private static AggregateState sum(int type) {
    return switch (type) {
      case Types.INT2, Types.INT4 -> new LongFoldStates.SumToInt8();
      case Types.INT8 -> new Int128States(false);
      case Types.FLOAT4 -> new DoubleStates.Sum(true);
      case Types.FLOAT8 -> new DoubleStates.Sum(false);
      case Types.NUMERIC -> new NumericStates(NumericStates.Result.SUM);
      case Types.INTERVAL -> new IntervalStates(false);
      default -> throw new IllegalStateException("sum of " + type);
    };
  }

  private static AggregateState average(int type) {
    return switch (type) {
      case Types.INT2, Types.INT4, Types.INT8 -> new Int128States(true);
      case Types.FLOAT4, Types.FLOAT8 -> new DoubleStates.Moments(DoubleStates.Result.AVERAGE);
      case Types.NUMERIC -> new NumericStates(NumericStates.Result.AVERAGE);
      case Types.INTERVAL -> new IntervalStates(true);
      default -> throw new IllegalStateException("avg of " + type);
    };
  }

  private static AggregateState extreme(boolean max, PgType type) {
    if (type.rep() == Rep.LONG && type.oid() != Types.PG_LSN && type.oid() != Types.XID8) {
      return new LongFoldStates.Fold(max ? Math::max : Math::min);
    }
    return new ExtremeState(max, type.ops());
  }

  private static AggregateState variance(String name, int type) {
    boolean population = name.endsWith("_pop");
    boolean deviation = name.startsWith("stddev");
    if (type == Types.FLOAT4 || type == Types.FLOAT8) {
      return new DoubleStates.Moments(
          deviation
              ? population ? DoubleStates.Result.STDDEV_POP : DoubleStates.Result.STDDEV_SAMP
              : population ? DoubleStates.Result.VAR_POP : DoubleStates.Result.VAR_SAMP);
    }
    return new NumericStates(
        deviation
            ? population ? NumericStates.Result.STDDEV_POP : NumericStates.Result.STDDEV_SAMP
            : population ? NumericStates.Result.VAR_POP : NumericStates.Result.VAR_SAMP);
  }
}
