package dev.lifeline.executor.expr;

import java.util.List;

/// A call of a function.
///
/// @param function the oid in `pg_proc`
/// @param variadic whether the last argument was written after VARIADIC
public record FuncExpr(
    int function,
    int type,
    int typmod,
    boolean returnsSet,
    boolean variadic,
    Form form,
    List<Expression> args,
    ParseLoc location)
    implements Expression {
  public FuncExpr {
    args = List.copyOf(args);
  }

  /// How it was written, which is how a view shows it again.
  public enum Form {
    CALL,
    EXPLICIT_CAST,
    IMPLICIT_CAST,

    /// In SQL's own words, as EXTRACT(... FROM ...).
    SQL_SYNTAX
  }

  /// The same call, written in SQL's own words.
  public FuncExpr inSqlSyntax() {
    return new FuncExpr(
        function, type, typmod, returnsSet, variadic, Form.SQL_SYNTAX, args, location);
  }

  public boolean isCast() {
    return form == Form.EXPLICIT_CAST || form == Form.IMPLICIT_CAST;
  }

  @Override
  public List<Expression> children() {
    return args;
  }

  @Override
  public FuncExpr withChildren(List<Expression> children) {
    return new FuncExpr(function, type, typmod, returnsSet, variadic, form, children, location);
  }
}
