package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.BuiltinFunctions;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.CallSite;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes [Evaluator]s of [Expression]s.
///
/// Calls that need a frame ([dev.lifeline.utils.fmgr.Call]) get slots in it here: a call's own
/// slots, and beyond them those of the calls among its arguments. So nothing has to be pushed or
/// popped when it runs, and a statement that stops in the middle leaves nothing behind. One
/// compiler serves one expression, with all that is below it.
public final class ExprCompiler {
  /// The next free slot.
  private int depth;

  /// Where the value is that a [CaseTestExpr] stands for, of the innermost enclosing CASE or array
  /// cast.
  private int testSlot = -1;

  /// Makes an expression executable.
  public static Evaluator of(Expression expression) {
    return new ExprCompiler().compile(expression);
  }

  /// Makes a call of a set-returning function (a [FuncExpr] or [OpExpr]) executable.
  public static SetEvaluator ofSet(Expression expression) {
    return new ExprCompiler().compileSet(expression);
  }

  /// How the values of a type are held; of a pseudo-type as objects.
  static Rep rep(int type) {
    PgType found = Types.find(type);
    return found == null || !found.supported() ? Rep.OBJECT : found.rep();
  }

  /// Makes an expression executable that is part of the one that this compiler is for.
  public Evaluator compile(Expression expression) {
    return switch (expression) {
      case Const e -> LeafEvaluators.constant(rep(e.type()), e.value());
      case ColumnRef e ->
          e.input() == 0
              ? new LeafEvaluators.InputColumn(rep(e.type()), e.column())
              : new LeafEvaluators.InnerColumn(rep(e.type()), e.column());
      case Param e -> new LeafEvaluators.ParamValue(rep(e.type()), e.kind(), e.index());
      case CaseTestExpr e -> new LeafEvaluators.SlotValue(rep(e.type()), testSlot);
      case FuncExpr e -> call(e.function(), e.args(), e.type(), e.variadic());
      case OpExpr e -> call(e.function(), e.args(), e.type(), false);
      case BoolExpr e -> BoolEvaluators.of(e.kind(), compileAll(e.args()));
      case NullTest e -> nullTest(e);
      case BooleanTest e -> new BoolEvaluators.Truth(compile(e.arg()), e.kind());
      case CaseExpr e -> caseExpr(e);
      case CoalesceExpr e -> new CaseEvaluators.Coalesce(rep(e.type()), compileAll(e.args()));
      case MinMaxExpr e ->
          new CaseEvaluators.MinMax(e.greatest(), Types.get(e.type()).ops(), compileAll(e.args()));
      case NullIfExpr e -> nullIf(e);
      case DistinctExpr e -> distinct(e);
      case ArrayExpr e -> array(e);
      case ScalarArrayOpExpr e -> scalarArrayOp(e);
      case SubscriptingRef e -> subscript(e);
      case FieldSelect e ->
          new ConvertEvaluators.Field(compile(e.record()), e.field(), rep(e.type()));
      case RelabelType e -> relabel(e);
      case CoerceViaIo e ->
          new ConvertEvaluators.ViaIo(
              compile(e.arg()), Types.get(e.arg().type()), Types.get(e.type()));
      case ArrayCoerceExpr e -> arrayCoerce(e);
      case RowExpr e ->
          new ConvertEvaluators.Row(
              compileAll(e.fields()), e.fields().stream().map(f -> Types.get(f.type())).toList());
      case ExtensionExpr e -> e.compile(this);
      case Var e -> throw notExecutable(e);
      case Aggref e -> throw notExecutable(e);
      case GroupingExpr e -> throw notExecutable(e);
      case WindowFunc e -> throw notExecutable(e);
      case SetToDefault e -> throw notExecutable(e);
    };
  }

  /// The same bits as another type. An oid is an unsigned number, so that it is held as another
  /// long than an integer of the same bits.
  private Evaluator relabel(RelabelType relabel) {
    int from = relabel.arg().type();
    Evaluator arg = compile(relabel.arg());
    if (from == Types.INT4) {
      Fn.L1 unsigned = a -> a & 0xFFFF_FFFFL;
      return Objects.requireNonNull(FnEvaluators.of(unsigned, List.of(arg)));
    }
    if (relabel.type() == Types.INT4) {
      Fn.L1 signed = a -> (int) a;
      return Objects.requireNonNull(FnEvaluators.of(signed, List.of(arg)));
    }
    return arg;
  }

  /// Makes a set-returning call executable that is part of the expression of this compiler.
  public SetEvaluator compileSet(Expression expression) {
    return switch (expression) {
      case FuncExpr e -> set(e.function(), e.args(), e.type(), e.variadic());
      case OpExpr e -> set(e.function(), e.args(), e.type(), false);
      default -> throw new IllegalStateException("returns no set: " + expression);
    };
  }

  private static IllegalStateException notExecutable(Expression expression) {
    return new IllegalStateException("the planner has left a " + expression);
  }

  private List<Evaluator> compileAll(List<Expression> expressions) {
    return expressions.stream().map(this::compile).toList();
  }

  private Evaluator call(int function, List<Expression> args, int resultType, boolean variadic) {
    PgProc proc = proc(function);
    Fn fn = BuiltinFunctions.table().get(proc);
    if (isShort(fn)) {
      return Objects.requireNonNull(FnEvaluators.of(fn, compileAll(args)));
    }
    int slot = depth;
    return CallEvaluators.of(
        fn, compileArgs(args), site(proc, args, resultType, variadic), proc.strict(), slot);
  }

  private SetEvaluator set(int function, List<Expression> args, int resultType, boolean variadic) {
    PgProc proc = proc(function);
    if (!(BuiltinFunctions.table().get(proc) instanceof Fn.Set fn)) {
      throw new IllegalStateException(proc.name() + " returns no set");
    }
    int slot = depth;
    return new CallEvaluators.SetCall(
        fn,
        new CallEvaluators.Arguments(
            compileArgs(args), site(proc, args, resultType, variadic), proc.strict(), slot));
  }

  private static PgProc proc(int function) {
    return Objects.requireNonNull(
        BootstrapCatalog.proc(function), () -> "no function with oid " + function);
  }

  private static CallSite site(
      PgProc proc, List<Expression> args, int resultType, boolean variadic) {
    return new CallSite(
        proc.oid(),
        proc.name(),
        resultType,
        args.stream().map(Expression::type).toList(),
        variadic);
  }

  private static boolean isShort(Fn fn) {
    return FnEvaluators.of(fn, List.of()) != null;
  }

  /// Compiles arguments that are stored in slots from the next free one on.
  private List<Evaluator> compileArgs(List<Expression> args) {
    int slot = depth;
    depth += Math.max(args.size(), 1);
    List<Evaluator> compiled = compileAll(args);
    depth = slot;
    return compiled;
  }

  private Evaluator nullTest(NullTest e) {
    Evaluator arg = compile(e.arg());
    return e.arg().type() == Types.RECORD
        ? new BoolEvaluators.RowIsNull(arg, e.isNull())
        : new BoolEvaluators.IsNull(arg, e.isNull());
  }

  private Evaluator caseExpr(CaseExpr e) {
    Expression argument = e.arg();
    int outerTest = testSlot;
    int slot = depth++;
    // The argument itself still sees the test value of the CASE around this one.
    Evaluator arg = argument == null ? null : compile(argument);
    if (argument != null) {
      testSlot = slot;
    }
    List<Evaluator> conditions = new ArrayList<>();
    List<Evaluator> results = new ArrayList<>();
    for (CaseExpr.When when : e.whens()) {
      conditions.add(compile(when.condition()));
      results.add(compile(when.result()));
    }
    Evaluator otherwise = compileNullable(e.otherwise());
    testSlot = outerTest;
    depth = slot;
    return new CaseEvaluators.Case(rep(e.type()), arg, slot, conditions, results, otherwise);
  }

  private @Nullable Evaluator compileNullable(@Nullable Expression expression) {
    return expression == null ? null : compile(expression);
  }

  private Evaluator nullIf(NullIfExpr e) {
    int slot = depth++;
    Evaluator left = compile(e.left());
    Evaluator equal =
        callOver(
            e.function(),
            List.of(new LeafEvaluators.SlotValue(rep(e.left().type()), slot), compile(e.right())),
            List.of(e.left().type(), e.right().type()));
    depth = slot;
    return new CaseEvaluators.NullIf(rep(e.type()), left, slot, equal);
  }

  private Evaluator distinct(DistinctExpr e) {
    int slot = depth;
    depth += 2;
    Evaluator left = compile(e.left());
    Evaluator right = compile(e.right());
    Evaluator equal = callOverSlots(e.function(), slot, e.left().type(), e.right().type());
    depth = slot;
    return new CaseEvaluators.Distinct(left, right, slot, equal, e.not());
  }

  private Evaluator callOverSlots(int function, int slot, int leftType, int rightType) {
    return callOver(
        function,
        List.of(
            new LeafEvaluators.SlotValue(rep(leftType), slot),
            new LeafEvaluators.SlotValue(rep(rightType), slot + 1)),
        List.of(leftType, rightType));
  }

  /// A boolean function over operands that are compiled already.
  private Evaluator callOver(int function, List<Evaluator> args, List<Integer> argTypes) {
    PgProc proc = proc(function);
    Fn fn = BuiltinFunctions.table().get(proc);
    Evaluator shortForm = isShort(fn) ? FnEvaluators.of(fn, args) : null;
    if (shortForm != null) {
      return shortForm;
    }
    CallSite site = new CallSite(proc.oid(), proc.name(), Types.BOOL, argTypes, false);
    return CallEvaluators.of(fn, args, site, proc.strict(), depth);
  }

  private Evaluator array(ArrayExpr e) {
    PgType element = Types.get(e.elementType());
    List<Evaluator> elements = compileAll(e.elements());
    return e.multidimensional()
        ? new ArrayEvaluators.ConstructOfArrays(element, elements)
        : new ArrayEvaluators.Construct(element, elements);
  }

  private Evaluator scalarArrayOp(ScalarArrayOpExpr e) {
    int slot = depth;
    depth += 2;
    Evaluator scalar = compile(e.scalar());
    Evaluator array = compile(e.array());
    int element = Types.elementOf(e.array().type());
    Evaluator operator = callOverSlots(e.function(), slot, e.scalar().type(), element);
    depth = slot;
    return new ArrayEvaluators.ScalarArrayOp(
        scalar, array, operator, slot, e.useOr(), proc(e.function()).strict());
  }

  private Evaluator subscript(SubscriptingRef e) {
    Evaluator container = compile(e.container());
    if (e.container().type() == Types.NAME) {
      Expression at = Objects.requireNonNull(e.subscripts().getFirst().upper());
      return new ArrayEvaluators.NameByte(container, compile(at));
    }
    if (!e.slice()) {
      return new ArrayEvaluators.Element(
          rep(e.type()),
          container,
          e.subscripts().stream().map(s -> compile(Objects.requireNonNull(s.upper()))).toList());
    }
    List<ArrayEvaluators.Bounds> bounds =
        e.subscripts().stream()
            .map(s ->
                new ArrayEvaluators.Bounds(compileNullable(s.lower()), compileNullable(s.upper())))
            .toList();
    return new ArrayEvaluators.Slice(container, bounds);
  }

  private Evaluator arrayCoerce(ArrayCoerceExpr e) {
    int outerTest = testSlot;
    int slot = depth++;
    Evaluator arg = compile(e.arg());
    testSlot = slot;
    Evaluator element = compile(e.elementExpr());
    testSlot = outerTest;
    depth = slot;
    return new ConvertEvaluators.ArrayCoerce(
        arg, element, slot, Types.get(Types.elementOf(e.type())));
  }
}
