package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.func.ParamTypes;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The types of a statement's parameters: those that the client declared, and those that their
/// first use tells.
final class ParameterTypes implements ParamTypes {
  private static final int NUMBER_MAX = 65_535;

  private int[] types;
  private int count;
  private int firstNumber;
  private int firstLocation = -1;
  private final boolean allowed;

  /// @param declared type oids; 0 is to be found out
  /// @param allowed false where there is nobody to give values, as in the simple protocol
  ParameterTypes(int[] declared, boolean allowed) {
    this.types = declared.clone();
    this.count = declared.length;
    this.allowed = allowed;
  }

  /// `$number`.
  Param reference(int number, int location) {
    if ((!allowed && number > count) || number < 1 || number > NUMBER_MAX) {
      throw PgException.error(SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", number)
          .at(location);
    }
    if (number > types.length) {
      types = Arrays.copyOf(types, Math.max(number, types.length * 2));
    }
    count = Math.max(count, number);
    if (firstNumber == 0) {
      firstNumber = number;
      firstLocation = location;
    }
    int type = types[number - 1];
    return new Param(
        Param.Kind.EXTERN, number - 1, type == 0 ? Types.UNKNOWN : type, -1, ParseLoc.at(location));
  }

  @Override
  public Expression coerce(Param param, int targetType, int targetTypmod, int location) {
    if (param.kind() != Param.Kind.EXTERN || param.type() != Types.UNKNOWN) {
      return param;
    }
    int known = types[param.index()];
    if (known == 0 || known == Types.UNKNOWN) {
      types[param.index()] = targetType;
    } else if (known != targetType) {
      throw PgException.error(
              SqlState.AMBIGUOUS_PARAMETER,
              "inconsistent types deduced for parameter $%d",
              param.index() + 1)
          .detail("%s versus %s", FormatType.name(known), FormatType.name(targetType))
          .at(param.location().offset());
    }
    return new Param(Param.Kind.EXTERN, param.index(), targetType, -1, param.location());
  }

  /// The types, once the whole statement is analyzed.
  List<Integer> resolved() {
    List<Integer> result = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (types[i] == 0 || types[i] == Types.UNKNOWN) {
        throw PgException.error(
            SqlState.INDETERMINATE_DATATYPE,
            "could not determine data type of parameter $%d",
            i + 1);
      }
      result.add(types[i]);
    }
    return result;
  }

  /// The error of a statement with parameters where there is nobody to give them values; null where
  /// it has none.
  @Nullable PgException noParameters() {
    return firstNumber == 0
        ? null
        : PgException.error(SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", firstNumber)
            .at(firstLocation);
  }

  /// Whether the type of a parameter that was met early is known by now.
  int typeOf(int index) {
    return types[index] == 0 ? Types.UNKNOWN : types[index];
  }
}
