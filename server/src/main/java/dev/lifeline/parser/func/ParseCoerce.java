package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.ArrayCoerceExpr;
import dev.lifeline.executor.expr.CaseTestExpr;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.FuncExpr.Form;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Converts expressions to types: PostgreSQL's `parse_coerce.c`.
public final class ParseCoerce {
  private final EvalContext context;
  private final ParamTypes params;

  /// @param context reads the literals of no known type once their type is known
  public ParseCoerce(EvalContext context, ParamTypes params) {
    this.context = context;
    this.params = params;
  }

  /// Whether values of all these types can become the target types, together.
  public static boolean canCoerce(
      List<Integer> sources, List<Integer> targets, CoercionContext coercion) {
    boolean polymorphic = false;
    for (int i = 0; i < targets.size(); i++) {
      int source = sources.get(i);
      int target = targets.get(i);
      if (source == target || target == Types.ANY) {
        continue;
      }
      if (Polymorphic.is(target)) {
        polymorphic = true;
        continue;
      }
      if (source == Types.UNKNOWN || CoercionPath.find(target, source, coercion).exists()) {
        continue;
      }
      return false;
    }
    return !polymorphic || Polymorphic.isConsistent(sources, targets);
  }

  public static boolean canCoerce(int source, int target, CoercionContext coercion) {
    return canCoerce(List.of(source), List.of(target), coercion);
  }

  /// The expression as a value of the type and type modifier, or null where it cannot become one.
  ///
  /// @param location of the cast, for errors; -1 where none was written
  public @Nullable Expression toTarget(
      Expression expression,
      int targetType,
      int targetTypmod,
      CoercionContext coercion,
      Form form,
      int location) {
    if (!canCoerce(expression.type(), targetType, coercion)) {
      return null;
    }
    Expression result = toType(expression, targetType, targetTypmod, coercion, form, location);
    return toTypmod(result, targetType, targetTypmod, coercion, form, location);
  }

  /// As [#toTarget], of which it is known that it is possible; the type modifier is not applied.
  Expression toType(
      Expression expression,
      int targetType,
      int targetTypmod,
      CoercionContext coercion,
      Form form,
      int location) {
    int source = expression.type();
    if (source == targetType || targetType == Types.ANY) {
      return expression;
    }
    if (Polymorphic.is(targetType)
        && (source != Types.UNKNOWN
            || (targetType != Types.ANYARRAY && targetType != Types.ANYCOMPATIBLEARRAY))) {
      return expression;
    }
    if (source == Types.UNKNOWN && expression instanceof Const literal) {
      return readLiteral(literal, targetType, targetTypmod, location);
    }
    if (expression instanceof Param param) {
      Expression typed = params.coerce(param, targetType, targetTypmod, location);
      if (!typed.equals(expression)) {
        return typed;
      }
    }
    if (source == Types.UNKNOWN) {
      return new CoerceViaIo(expression, targetType, form, ParseLoc.at(location));
    }
    CoercionPath path = CoercionPath.find(targetType, source, coercion);
    if (path.kind() == CoercionPath.Kind.RELABEL) {
      return new RelabelType(expression, targetType, -1, form, ParseLoc.at(location));
    }
    if (path.exists()) {
      return convert(path, expression, targetType, targetTypmod, coercion, form, location);
    }
    throw PgException.error(
            SqlState.CANNOT_COERCE,
            "cannot cast type %s to %s",
            FormatType.name(source),
            FormatType.name(targetType))
        .at(location);
  }

  /// A literal whose type was not known is read now that it is.
  private Expression readLiteral(Const literal, int targetType, int targetTypmod, int location) {
    PgType type = Types.get(targetType);
    ParseLoc at =
        location >= 0 && literal.location().offset() < 0
            ? ParseLoc.at(location)
            : literal.location();
    // The fields of an interval decide how it is read; all other modifiers are applied afterwards.
    int typmod = targetType == Types.INTERVAL ? targetTypmod : -1;
    if (!(literal.value() instanceof Text text)) {
      return new Const(targetType, typmod, null, at);
    }
    try {
      return new Const(targetType, typmod, Values.read(type, text, typmod, context), at);
    } catch (PgException e) {
      throw e.at(at.offset());
    }
  }

  private Expression convert(
      CoercionPath path,
      Expression expression,
      int targetType,
      int targetTypmod,
      CoercionContext coercion,
      Form form,
      int location) {
    ParseLoc at = ParseLoc.at(location);
    return switch (path.kind()) {
      case FUNC ->
          callCast(path.function(), expression, targetType, targetTypmod, coercion, form, location);
      case VIA_IO -> new CoerceViaIo(expression, targetType, form, at);
      case ARRAY -> {
        int sourceElement = Types.elementOf(expression.type());
        int targetElement = Types.elementOf(targetType);
        CaseTestExpr element =
            new CaseTestExpr(
                sourceElement,
                expression.type() == targetType ? expression.typmod() : -1,
                ParseLoc.NONE);
        Expression converted =
            toTarget(element, targetElement, targetTypmod, coercion, Form.IMPLICIT_CAST, location);
        yield new ArrayCoerceExpr(
            expression, Objects.requireNonNull(converted), targetType, targetTypmod, form, at);
      }
      case RELABEL, NONE -> throw new IllegalStateException("nothing to convert by: " + path);
    };
  }

  /// A conversion function may also take the type modifier, and whether the cast was asked for.
  private static Expression callCast(
      int function,
      Expression expression,
      int targetType,
      int targetTypmod,
      CoercionContext coercion,
      Form form,
      int location) {
    PgProc proc = Objects.requireNonNull(BootstrapCatalog.proc(function));
    List<Expression> args = new ArrayList<>(3);
    args.add(expression);
    if (proc.argTypes().size() >= 2) {
      args.add(Const.of(Types.INT4, (long) targetTypmod));
    }
    if (proc.argTypes().size() == 3) {
      args.add(Const.of(Types.BOOL, coercion == CoercionContext.EXPLICIT ? 1L : 0L));
    }
    // A function that does not take the modifier does not apply it either.
    int typmod = args.size() > 1 ? targetTypmod : -1;
    return new FuncExpr(
        function, targetType, typmod, false, false, form, args, ParseLoc.at(location));
  }

  /// Makes a value of a type obey the type's modifier.
  private Expression toTypmod(
      Expression expression,
      int type,
      int typmod,
      CoercionContext coercion,
      Form form,
      int location) {
    if (typmod < 0 || typmod == expression.typmod()) {
      return expression;
    }
    CoercionPath path = CoercionPath.findForTypmod(type);
    return path.exists()
        ? convert(path, expression, type, typmod, coercion, form, location)
        : expression;
  }

  /// The operand of `WHERE`, `AND`, `NOT`, ....
  ///
  /// @param construct what the error message calls it, e.g. `WHERE`
  public Expression toBoolean(Expression expression, String construct) {
    return toSpecific(expression, Types.BOOL, construct);
  }

  /// An operand that must be of one type, e.g. of `LIMIT`.
  public Expression toSpecific(Expression expression, int type, String construct) {
    Expression result = expression;
    if (expression.type() != type) {
      result = toTarget(expression, type, -1, CoercionContext.ASSIGNMENT, Form.IMPLICIT_CAST, -1);
      if (result == null) {
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH,
                "argument of %s must be type %s, not type %s",
                construct,
                FormatType.name(type),
                FormatType.name(expression.type()))
            .at(ExprLocation.of(expression));
      }
    }
    if (result.anyMatch(Expression::returnsSet)) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH, "argument of %s must not return a set", construct)
          .at(ExprLocation.of(expression));
    }
    return result;
  }

  /// The type that all expressions can become.
  ///
  /// @param construct what the error message calls it, e.g. `CASE` or `UNION`
  public static int commonType(List<Expression> expressions, String construct) {
    return CommonType.of(expressions, construct);
  }

  /// As [#commonType], or 0 where there is none.
  public static int commonTypeOrZero(List<Expression> expressions) {
    return CommonType.of(expressions, null);
  }

  /// The type modifier that all expressions of a common type share, or -1.
  public static int commonTypmod(List<Expression> expressions, int commonType) {
    int typmod = expressions.getFirst().typmod();
    for (Expression expression : expressions) {
      if (expression.type() != commonType || expression.typmod() != typmod) {
        return -1;
      }
    }
    return typmod;
  }

  /// The expression as a value of the common type.
  public Expression toCommon(Expression expression, int type, String construct) {
    if (expression.type() == type) {
      return expression;
    }
    if (!canCoerce(expression.type(), type, CoercionContext.IMPLICIT)) {
      throw PgException.error(
              SqlState.CANNOT_COERCE,
              "%s could not convert type %s to %s",
              construct,
              FormatType.name(expression.type()),
              FormatType.name(type))
          .at(ExprLocation.of(expression));
    }
    return toType(expression, type, -1, CoercionContext.IMPLICIT, Form.IMPLICIT_CAST, -1);
  }

  /// All expressions as values of their common type.
  public List<Expression> toCommon(List<Expression> expressions, String construct) {
    int type = commonType(expressions, construct);
    return expressions.stream().map(e -> toCommon(e, type, construct)).toList();
  }

  /// Converts the arguments of a function or operator to the types that it takes.
  List<Expression> toArguments(List<Expression> args, List<Integer> types) {
    List<Expression> result = new ArrayList<>(args.size());
    for (int i = 0; i < args.size(); i++) {
      Expression arg = args.get(i);
      int type = types.get(i);
      result.add(
          arg.type() == type
              ? arg
              : toType(arg, type, -1, CoercionContext.IMPLICIT, Form.IMPLICIT_CAST, -1));
    }
    return result;
  }
}
