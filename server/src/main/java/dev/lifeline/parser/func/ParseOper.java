package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.DistinctExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullIfExpr;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Resolves operators: PostgreSQL's `parse_oper.c`.
public final class ParseOper {
  private final ParseCoerce coerce;

  public ParseOper(ParseCoerce coerce) {
    this.coerce = coerce;
  }

  private record OperatorCandidate(PgOperator operator, List<Integer> types)
      implements Candidates.Candidate {}

  /// The operator over operands of these types.
  ///
  /// @param left the type of the left operand, or 0 for a prefix operator
  /// @throws PgException 42883 where there is none, 42725 where several fit equally well
  public static PgOperator resolve(String name, int left, int right, int location) {
    PgOperator exact = exact(name, left, right);
    if (exact != null) {
      return exact;
    }
    List<Integer> inputs = left == 0 ? List.of(right) : List.of(left, right);
    List<OperatorCandidate> candidates = new ArrayList<>();
    for (PgOperator operator : BootstrapCatalog.operators(name)) {
      if ((operator.leftType() == 0) == (left == 0)) {
        candidates.add(
            new OperatorCandidate(
                operator,
                left == 0
                    ? List.of(operator.rightType())
                    : List.of(operator.leftType(), operator.rightType())));
      }
    }
    List<OperatorCandidate> matching = Candidates.matching(candidates, inputs);
    if (matching.isEmpty()) {
      throw notFound(name, left, right, location);
    }
    OperatorCandidate chosen =
        matching.size() == 1 ? matching.getFirst() : Candidates.select(matching, inputs);
    if (chosen == null) {
      throw PgException.error(
              SqlState.AMBIGUOUS_FUNCTION,
              "operator is not unique: %s",
              signature(name, left, right))
          .hint(
              "Could not choose a best candidate operator. You might need to add explicit type"
                  + " casts.")
          .at(location);
    }
    return chosen.operator();
  }

  private static @Nullable PgOperator exact(String name, int left, int right) {
    int l = left == Types.UNKNOWN ? right : left;
    int r = right == Types.UNKNOWN && left != 0 ? left : right;
    return BootstrapCatalog.operator(name, l, r);
  }

  private static PgException notFound(String name, int left, int right, int location) {
    PgException error =
        PgException.error(
            SqlState.UNDEFINED_FUNCTION,
            "operator does not exist: %s",
            signature(name, left, right));
    String hint =
        left == 0
            ? "No operator matches the given name and argument type. You might need to add an"
                + " explicit type cast."
            : "No operator matches the given name and argument types. You might need to add"
                + " explicit type casts.";
    return error.hint(hint).at(location);
  }

  private static String signature(String name, int left, int right) {
    return (left == 0 ? "" : FormatType.name(left) + " ") + name + " " + FormatType.name(right);
  }

  /// An operator over expressions.
  ///
  /// @param left null for a prefix operator
  public OpExpr op(String name, @Nullable Expression left, Expression right, int location) {
    Resolved resolved = resolve(name, left, right, location);
    return new OpExpr(
        resolved.operator.oid(),
        resolved.operator.proc(),
        resolved.resultType,
        resolved.returnsSet,
        resolved.args,
        ParseLoc.at(location));
  }

  /// `left IS DISTINCT FROM right`.
  public DistinctExpr distinct(Expression left, Expression right, boolean not, int location) {
    Resolved eq = resolve("=", left, right, location);
    if (eq.resultType != Types.BOOL) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH, "IS DISTINCT FROM requires = operator to yield boolean")
          .at(location);
    }
    return new DistinctExpr(
        eq.operator.oid(),
        eq.operator.proc(),
        not,
        eq.args.get(0),
        eq.args.get(1),
        ParseLoc.at(location));
  }

  /// `NULLIF(left, right)`: of the type that the comparison takes on its left.
  public NullIfExpr nullIf(Expression left, Expression right, int location) {
    Resolved eq = resolve("=", left, right, location);
    if (eq.resultType != Types.BOOL) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH, "NULLIF requires = operator to yield boolean")
          .at(location);
    }
    Expression result = eq.args.get(0);
    return new NullIfExpr(
        eq.operator.oid(),
        eq.operator.proc(),
        result.type(),
        result.typmod(),
        result,
        eq.args.get(1),
        ParseLoc.at(location));
  }

  /// `scalar op ANY (array)` or `scalar op ALL (array)`.
  public ScalarArrayOpExpr scalarArray(
      String name, boolean any, Expression scalar, Expression array, int location) {
    int arrayType = array.type();
    int element = arrayType == Types.UNKNOWN ? Types.UNKNOWN : Types.elementOf(arrayType);
    if (element == 0) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires array on right side")
          .at(location);
    }
    PgOperator operator = resolve(name, scalar.type(), element, location);
    List<Integer> actual = List.of(scalar.type(), element);
    List<Integer> declared = new ArrayList<>(List.of(operator.leftType(), operator.rightType()));
    int result = Polymorphic.resolve(actual, declared, operator.resultType());
    if (result != Types.BOOL) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires operator to yield boolean")
          .at(location);
    }
    int wanted = Types.arrayOf(declared.get(1));
    if (wanted == 0) {
      // The operator is over arrays of any type, so the elements stay what they are.
      wanted = arrayType;
    }
    List<Expression> args =
        coerce.toArguments(List.of(scalar, array), List.of(declared.get(0), wanted));
    return new ScalarArrayOpExpr(
        operator.oid(), operator.proc(), any, args.get(0), args.get(1), ParseLoc.at(location));
  }

  private record Resolved(
      PgOperator operator, int resultType, boolean returnsSet, List<Expression> args) {}

  private Resolved resolve(String name, @Nullable Expression left, Expression right, int location) {
    PgOperator operator = resolve(name, left == null ? 0 : left.type(), right.type(), location);
    List<Expression> args = left == null ? List.of(right) : List.of(left, right);
    List<Integer> actual = args.stream().map(Expression::type).toList();
    List<Integer> declared =
        new ArrayList<>(
            left == null
                ? List.of(operator.rightType())
                : List.of(operator.leftType(), operator.rightType()));
    int result = Polymorphic.resolve(actual, declared, operator.resultType());
    PgProc proc = Objects.requireNonNull(BootstrapCatalog.proc(operator.proc()));
    return new Resolved(operator, result, proc.returnsSet(), coerce.toArguments(args, declared));
  }
}
