package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// A place in an expression that calls a function, with the real types of arguments and result
/// where the function's own are polymorphic.
///
/// @param argTypes the types of the arguments' expressions
/// @param variadic whether the last argument is an array that was written after VARIADIC
public record CallSite(
    int function, String name, int resultType, List<Integer> argTypes, boolean variadic) {
  static final CallSite NONE = new CallSite(0, "", Types.VOID, List.of(), false);

  public int argType(int argument) {
    return argTypes.get(argument);
  }

  public Rep argRep(int argument) {
    return repOf(argTypes.get(argument));
  }

  static Rep repOf(int typeOid) {
    PgType type = Types.find(typeOid);
    return type == null || !type.supported() ? Rep.OBJECT : type.rep();
  }
}
