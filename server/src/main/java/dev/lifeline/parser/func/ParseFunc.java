package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.FuncExpr.Form;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Resolves calls of functions: PostgreSQL's `parse_func.c`.
public final class ParseFunc {
  private final ParseCoerce coerce;
  private final EvalContext context;

  public ParseFunc(ParseCoerce coerce, EvalContext context) {
    this.coerce = coerce;
    this.context = context;
  }

  /// What a call turned out to be.
  public sealed interface Resolved {}

  /// A function, aggregate or window function ([PgProc#kind]).
  ///
  /// @param resultType the real type of the result
  /// @param args in the order of the function's arguments, converted, with defaults filled in and
  ///   variadic arguments gathered into an array
  /// @param variadic whether the last argument was written after VARIADIC
  public record Function(
      PgProc proc, int resultType, List<Expression> args, boolean variadic, ParseLoc location)
      implements Resolved {
    public Function {
      args = List.copyOf(args);
    }

    /// The call as an expression, of a function that is neither aggregate nor window function.
    public FuncExpr toExpr() {
      return new FuncExpr(
          proc.oid(), resultType, -1, proc.returnsSet(), variadic, Form.CALL, args, location);
    }
  }

  /// A cast that was written as a call, e.g. `int4('1')`.
  public record Cast(Expression expression) implements Resolved {}

  /// A function that may be meant.
  ///
  /// @param types what it takes for each argument of the call
  /// @param positions which of its arguments each argument of the call is
  /// @param variadicCount how many arguments of the call are gathered into the last one
  private record FunctionCandidate(
      PgProc proc, List<Integer> types, List<Integer> positions, int variadicCount)
      implements Candidates.Candidate {
    /// Arguments that come from defaults.
    int defaulted() {
      return variadicCount > 0 ? 0 : proc.argTypes().size() - positions.size();
    }
  }

  /// Resolves a call.
  ///
  /// @param schema null where the name is not qualified
  /// @param argNames one for each argument: null for one that is given by position
  /// @param variadic whether VARIADIC stands before the last argument
  /// @throws PgException 42883 where there is none, 42725 where several fit equally well
  public Resolved resolve(
      @Nullable String schema,
      String name,
      List<Expression> args,
      List<@Nullable String> argNames,
      boolean variadic,
      int location) {
    List<Integer> inputs = args.stream().map(Expression::type).toList();
    String shown = schema == null ? name : schema + "." + name;
    List<FunctionCandidate> candidates =
        candidates(schema == null ? "pg_catalog" : schema, name, inputs.size(), argNames, variadic);
    FunctionCandidate chosen = exact(candidates, inputs);
    if (chosen == null && args.size() == 1 && argNames.getFirst() == null) {
      Expression cast = asCast(name, args.getFirst(), location);
      if (cast != null) {
        return new Cast(cast);
      }
    }
    if (chosen == null) {
      List<FunctionCandidate> matching = Candidates.matching(candidates, inputs);
      if (matching.isEmpty()) {
        throw notFound(shown, inputs, argNames, location);
      }
      chosen = matching.size() == 1 ? matching.getFirst() : Candidates.select(matching, inputs);
      if (chosen == null) {
        throw PgException.error(
                SqlState.AMBIGUOUS_FUNCTION,
                "function %s is not unique",
                signature(shown, inputs, argNames))
            .hint(
                "Could not choose a best candidate function. You might need to add explicit type"
                    + " casts.")
            .at(location);
      }
    }
    return function(chosen, args, variadic, location);
  }

  /// As [#resolve] for a function that the grammar calls itself, e.g. `pg_catalog.date_part`.
  public FuncExpr call(String name, List<Expression> args, int location) {
    List<@Nullable String> names = new ArrayList<>();
    args.forEach(arg -> names.add(null));
    if (resolve("pg_catalog", name, args, names, false, location) instanceof Function function) {
      return function.toExpr();
    }
    throw new IllegalStateException(name + " is a cast");
  }

  private Function function(
      FunctionCandidate chosen, List<Expression> args, boolean variadic, int location) {
    PgProc proc = chosen.proc;
    List<Integer> declared =
        new ArrayList<>(chosen.variadicCount > 0 ? chosen.types : proc.argTypes());
    List<Expression> actual = new ArrayList<>();
    for (int i = 0; i < declared.size(); i++) {
      int given = chosen.positions.indexOf(i);
      actual.add(given >= 0 ? args.get(given) : FunctionDefaults.of(proc, i, context));
    }
    List<Integer> types = actual.stream().map(Expression::type).toList();
    int result;
    try {
      result = Polymorphic.resolve(types, declared, proc.returnType());
    } catch (PgException e) {
      throw e.at(location);
    }
    List<Expression> converted = coerce.toArguments(actual, declared);
    if (chosen.variadicCount > 0 && proc.variadicOid() != Types.ANY) {
      converted = gatherVariadic(converted, chosen.variadicCount, location);
    }
    return new Function(proc, result, converted, variadic, ParseLoc.at(location));
  }

  private static List<Expression> gatherVariadic(List<Expression> args, int count, int location) {
    int fixed = args.size() - count;
    List<Expression> elements = args.subList(fixed, args.size());
    int element = elements.getFirst().type();
    int array = Types.arrayOf(element);
    if (array == 0) {
      throw PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "could not find array type for data type %s",
              FormatType.name(element))
          .at(location);
    }
    List<Expression> result = new ArrayList<>(args.subList(0, fixed));
    result.add(new ArrayExpr(array, element, false, elements, elements.getFirst().location()));
    return result;
  }

  private static @Nullable FunctionCandidate exact(
      List<FunctionCandidate> candidates, List<Integer> inputs) {
    for (FunctionCandidate candidate : candidates) {
      if (candidate.types.equals(inputs)) {
        return candidate;
      }
    }
    return null;
  }

  /// A call with the name of a type and one argument may be a cast.
  private @Nullable Expression asCast(String name, Expression arg, int location) {
    PgType target = Types.find(name);
    if (target == null || target.isPseudo()) {
      return null;
    }
    boolean isCast;
    if (arg.type() == Types.UNKNOWN) {
      isCast = true;
    } else {
      CoercionPath path = CoercionPath.find(target.oid(), arg.type(), CoercionContext.EXPLICIT);
      isCast =
          switch (path.kind()) {
            case RELABEL -> true;
            case VIA_IO ->
                !(arg.type() == Types.RECORD
                    && TypeCategory.of(target.oid()) == TypeCategory.STRING);
            case NONE, FUNC, ARRAY -> false;
          };
    }
    return isCast
        ? coerce.toType(
            arg, target.oid(), -1, CoercionContext.EXPLICIT, Form.EXPLICIT_CAST, location)
        : null;
  }

  /// The functions of the name that can be called with so many arguments.
  private static List<FunctionCandidate> candidates(
      String schema, String name, int count, List<@Nullable String> argNames, boolean variadic) {
    List<FunctionCandidate> result = new ArrayList<>();
    boolean named = argNames.stream().anyMatch(Objects::nonNull);
    for (PgProc proc : BootstrapCatalog.procs(name)) {
      if (!proc.schema().equals(schema)) {
        continue;
      }
      FunctionCandidate candidate =
          named ? byName(proc, argNames) : byPosition(proc, count, variadic);
      if (candidate != null) {
        addUnlessHidden(result, candidate);
      }
    }
    return result;
  }

  private static @Nullable FunctionCandidate byName(PgProc proc, List<@Nullable String> argNames) {
    List<Integer> positions = NamedArguments.positions(proc, argNames);
    if (positions == null) {
      return null;
    }
    List<Integer> types = positions.stream().map(p -> proc.argTypes().get(p)).toList();
    return new FunctionCandidate(proc, types, positions, 0);
  }

  private static @Nullable FunctionCandidate byPosition(PgProc proc, int count, boolean variadic) {
    List<Integer> declared = proc.argTypes();
    int n = declared.size();
    List<Integer> identity = IntStream.range(0, count).boxed().toList();
    if (proc.variadicOid() != 0 && !variadic && count >= n) {
      List<Integer> types = new ArrayList<>(declared.subList(0, n - 1));
      while (types.size() < count) {
        types.add(proc.variadicOid());
      }
      return new FunctionCandidate(proc, types, identity, count - n + 1);
    }
    if (variadic && proc.variadicOid() == 0) {
      return null;
    }
    if (count == n) {
      return new FunctionCandidate(proc, declared, identity, 0);
    }
    boolean enough = count < n && count + proc.defaults() >= n;
    return enough && !variadic
        ? new FunctionCandidate(proc, declared.subList(0, count), identity, 0)
        : null;
  }

  /// Of two that take the same types, one without variadic or defaulted arguments hides the other.
  private static void addUnlessHidden(List<FunctionCandidate> list, FunctionCandidate candidate) {
    for (int i = 0; i < list.size(); i++) {
      FunctionCandidate other = list.get(i);
      if (other.types.equals(candidate.types)) {
        boolean better =
            candidate.variadicCount < other.variadicCount
                || (candidate.variadicCount == other.variadicCount
                    && candidate.defaulted() < other.defaulted());
        if (better) {
          list.set(i, candidate);
        }
        return;
      }
    }
    list.add(candidate);
  }

  private static PgException notFound(
      String name, List<Integer> inputs, List<@Nullable String> argNames, int location) {
    return PgException.error(
            SqlState.UNDEFINED_FUNCTION,
            "function %s does not exist",
            signature(name, inputs, argNames))
        .hint(
            "No function matches the given name and argument types. You might need to add explicit"
                + " type casts.")
        .at(location);
  }

  /// The name and argument types of a call, as error messages tell them.
  public static String signature(
      String name, List<Integer> types, List<@Nullable String> argNames) {
    StringBuilder out = new StringBuilder(name).append('(');
    for (int i = 0; i < types.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      if (i < argNames.size() && argNames.get(i) != null) {
        out.append(argNames.get(i)).append(" => ");
      }
      out.append(FormatType.name(types.get(i)));
    }
    return out.append(')').toString();
  }
}
