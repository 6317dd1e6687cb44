package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;

/// The types of a statement's parameters, where the client left them to be found out: a parameter
/// is of type unknown until its first use tells its type.
public interface ParamTypes {
  /// All parameters have types already.
  ParamTypes FIXED = (param, targetType, targetTypmod, location) -> param;

  /// A parameter of type unknown is used as this type.
  ///
  /// @return the parameter with its type, or the parameter itself where its type is not open
  Expression coerce(Param param, int targetType, int targetTypmod, int location);
}
