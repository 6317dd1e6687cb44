package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.OperatorParser.Until;
import dev.lifeline.parser.tree.AArrayExpr;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.AIndices;
import dev.lifeline.parser.tree.AIndirection;
import dev.lifeline.parser.tree.BoolExpr;
import dev.lifeline.parser.tree.CaseExpr;
import dev.lifeline.parser.tree.CaseWhen;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.ExprList;
import dev.lifeline.parser.tree.GroupingFunc;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ParamRef;
import dev.lifeline.parser.tree.RowExpr;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetToDefault;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Expressions: `a_expr`, `b_expr` and `c_expr`. Operators are read by precedence climbing in
/// [OperatorParser]; here is what stands between them.
final class ExprParser {
  private final Grammar g;
  private final Cursor c;
  private final OperatorParser operators;

  /// Whether the last `a_expr` was a single `c_expr`.
  private boolean single;

  ExprParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
    this.operators = new OperatorParser(g, this);
  }

  /// `a_expr`
  Expr aExpr() {
    return aExpr(Precedence.LOWEST);
  }

  Expr aExpr(int precedenceMin) {
    Expr first = prefix();
    int end = c.position();
    boolean alone = single;
    Expr whole = operators.tail(first, precedenceMin, Until.NONE);
    single = alone && c.position() == end;
    return whole;
  }

  /// An `a_expr` whose first operand has been read.
  Expr continueAExpr(Expr first) {
    return operators.tail(first, Precedence.LOWEST, Until.NONE);
  }

  /// `a_expr` of an output column: operators that are words may be its name.
  Expr targetExpr() {
    return operators.tail(prefix(), Precedence.LOWEST, Until.TARGET_END);
  }

  /// The first argument of `substring`.
  Expr substringExpr() {
    return operators.tail(prefix(), Precedence.LOWEST, Until.SIMILAR);
  }

  OperatorParser operators() {
    return operators;
  }

  /// `b_expr`
  Expr bExpr() {
    return bExpr(Precedence.LOWEST);
  }

  Expr bExpr(int precedenceMin) {
    return operators.restrictedTail(restrictedPrefix(), precedenceMin);
  }

  /// `expr_list`
  List<Expr> exprList() {
    return c.commaList(this::aExpr);
  }

  List<Expr> parenthesizedList() {
    return c.parenthesized(this::aExpr);
  }

  /// Whether the `a_expr` that was read last was a `c_expr`: some clauses take no more.
  boolean wasSingle() {
    return single;
  }

  // ---- before the first operator

  private Expr prefix() {
    single = false;
    switch (c.peek()) {
      case '+' -> {
        int location = c.advance();
        return operator("+", aExpr(Precedence.UNARY_MINUS), location);
      }
      case '-' -> {
        int location = c.advance();
        return negate(aExpr(Precedence.UNARY_MINUS), location);
      }
      case NOT, NOT_LA -> {
        int location = c.advance();
        Expr arg = aExpr(Precedence.NOT_OP);
        single = false;
        return new BoolExpr(BoolExpr.Op.NOT, List.of(arg), location);
      }
      case DEFAULT -> {
        return new SetToDefault(c.advance());
      }
      case UNIQUE -> {
        int location = c.advance();
        operators.optUniqueNullTreatment();
        g.select.selectWithParens();
        throw Cursor.featureError(location, "UNIQUE predicate is not yet implemented");
      }
      case OP -> {
        return prefixOperator();
      }
      case OPERATOR -> {
        if (c.peek(1) == '(') {
          return prefixOperator();
        }
      }
      default -> {}
    }
    return operand();
  }

  private Expr prefixOperator() {
    int location = c.location();
    List<String> name = operators.qualOp();
    Expr arg = aExpr(Precedence.OTHER_OP + 1);
    single = false;
    return new AExpr(AExpr.Kind.OP, name, null, arg, location);
  }

  private Expr restrictedPrefix() {
    switch (c.peek()) {
      case '+' -> {
        int location = c.advance();
        return operator("+", bExpr(Precedence.UNARY_MINUS), location);
      }
      case '-' -> {
        int location = c.advance();
        return negate(bExpr(Precedence.UNARY_MINUS), location);
      }
      case OP -> {
        return restrictedPrefixOperator();
      }
      case OPERATOR -> {
        if (c.peek(1) == '(') {
          return restrictedPrefixOperator();
        }
      }
      default -> {}
    }
    return cExpr();
  }

  private Expr restrictedPrefixOperator() {
    int location = c.location();
    List<String> name = operators.qualOp();
    return new AExpr(AExpr.Kind.OP, name, null, bExpr(Precedence.OTHER_OP + 1), location);
  }

  /// A constant behind its sign.
  Expr signed(boolean minus, Expr constant, int location) {
    return minus ? negate(constant, location) : operator("+", constant, location);
  }

  private Expr operator(String name, Expr arg, int location) {
    single = false;
    return new AExpr(AExpr.Kind.OP, List.of(name), null, arg, location);
  }

  /// A minus before a constant makes a negative constant.
  private Expr negate(Expr arg, int location) {
    single = false;
    if (arg instanceof AConst constant) {
      if (constant.value() instanceof Value.Int number) {
        return new AConst(new Value.Int(-number.value()), location);
      }
      if (constant.value() instanceof Value.Numeric number) {
        String digits = number.digits();
        String negated = digits.startsWith("-") ? digits.substring(1) : "-" + digits;
        return new AConst(new Value.Numeric(negated), location);
      }
    }
    return new AExpr(AExpr.Kind.OP, List.of("-"), null, arg, location);
  }

  /// A `c_expr`, or a row with OVERLAPS and the other row.
  private Expr operand() {
    boolean mayBeRow = c.at('(') || c.at(ROW);
    int location = c.location();
    Expr expr = cExpr();
    single = true;
    return mayBeRow ? overlaps(expr, location) : expr;
  }

  private Expr overlaps(Expr expr, int location) {
    if (!c.at(OVERLAPS) || !(expr instanceof RowExpr left) || left.location() != location) {
      return expr;
    }
    int operator = c.advance();
    int rightLocation = c.location();
    List<Expr> right = c.at(ROW) ? explicitRow().args() : implicitRow();
    single = false;
    if (left.args().size() != 2) {
      throw Cursor.syntaxError(
          location, "wrong number of parameters on left side of OVERLAPS expression");
    }
    if (right.size() != 2) {
      throw Cursor.syntaxError(
          rightLocation, "wrong number of parameters on right side of OVERLAPS expression");
    }
    List<Expr> args = new ArrayList<>(left.args());
    args.addAll(right);
    return FunctionParser.systemCall(
        "overlaps", List.copyOf(args), CoercionForm.SQL_SYNTAX, operator);
  }

  // ---- c_expr

  Expr cExpr() {
    int location = c.location();
    int kind = c.peek();
    return switch (kind) {
      case ICONST -> new AConst(new Value.Int(c.iconst()), location);
      case FCONST -> new AConst(new Value.Numeric(c.text()), location);
      case SCONST -> new AConst(new Value.Str(c.text()), location);
      case BCONST, XCONST -> new AConst(new Value.BitStr(c.text()), location);
      case TRUE, FALSE -> {
        c.advance();
        yield new AConst(new Value.Bool(kind == TRUE), location);
      }
      case NULL -> {
        c.advance();
        yield new AConst(new Value.Null(), location);
      }
      case PARAM -> {
        int number = c.lexer.numbers[c.position()];
        c.advance();
        yield indirect(new ParamRef(number, location));
      }
      case '(' -> fromParens(parens(), location);
      case CASE -> caseExpr();
      case EXISTS -> {
        if (c.peek(1) == '(') {
          c.advance();
          SelectStmt query = g.select.selectWithParens();
          yield new SubLink(SubLink.Type.EXISTS, null, List.of(), query, location);
        }
        yield columnOrFunction();
      }
      case ARRAY -> {
        c.advance();
        if (c.at('(')) {
          SelectStmt query = g.select.selectWithParens();
          yield new SubLink(SubLink.Type.ARRAY, null, List.of(), query, location);
        }
        yield arrayExpr(location);
      }
      case ROW -> {
        if (c.peek(1) == '(') {
          yield explicitRow();
        }
        yield columnOrFunction();
      }
      case GROUPING -> {
        if (c.peek(1) == '(') {
          c.advance();
          yield new GroupingFunc(parenthesizedList(), location);
        }
        yield columnOrFunction();
      }
      default -> {
        if (kind == IDENT) {
          yield columnOrFunction();
        }
        if (g.type.atConstType()) {
          yield typedConstant();
        }
        if (g.function.atSpecial()) {
          yield g.function.special();
        }
        yield columnOrFunction();
      }
    };
  }

  private Expr typedConstant() {
    boolean interval = c.at(INTERVAL);
    int location = c.location();
    if (!interval) {
      TypeName type = g.type.constTypeName();
      return constantOf(type);
    }
    c.advance();
    List<Expr> typmods = c.at('(') ? g.type.intervalPrecision() : List.of();
    int stringLocation = c.location();
    String text = c.sconst();
    if (typmods.isEmpty()) {
      typmods = g.type.optInterval();
    }
    TypeName type = TypeParser.systemType("interval", typmods, location);
    return new TypeCast(new AConst(new Value.Str(text), stringLocation), type, -1);
  }

  /// A string behind the name of its type. The cast has no location of its own.
  Expr constantOf(TypeName type) {
    int location = c.location();
    return new TypeCast(new AConst(new Value.Str(c.sconst()), location), type, -1);
  }

  /// An `AexprConst` that starts with a name.
  Expr typedConstantOnly() {
    Expr expr = g.type.atConstType() ? typedConstant() : columnOrFunction();
    if (!(expr instanceof TypeCast)) {
      throw c.unexpected();
    }
    return expr;
  }

  private List<Expr> implicitRow() {
    c.expect('(');
    List<Expr> items = exprList();
    if (items.size() == 1) {
      throw c.unexpected();
    }
    c.expect(')');
    return items;
  }

  private RowExpr explicitRow() {
    int location = c.expect(ROW);
    c.expect('(');
    List<Expr> args = c.at(')') ? List.of() : exprList();
    c.expect(')');
    return new RowExpr(args, false, location);
  }

  private Expr arrayExpr(int location) {
    c.expect('[');
    List<Expr> elements = List.of();
    if (c.at('[')) {
      elements = c.commaList(() -> arrayExpr(c.location()));
    } else if (!c.at(']')) {
      elements = exprList();
    }
    c.expect(']');
    return new AArrayExpr(elements, location);
  }

  private Expr caseExpr() {
    int location = c.expect(CASE);
    Expr arg = c.at(WHEN) ? null : aExpr();
    List<CaseWhen> whens = new ArrayList<>();
    do {
      int whenLocation = c.expect(WHEN);
      Expr condition = aExpr();
      c.expect(THEN);
      whens.add(new CaseWhen(condition, aExpr(), whenLocation));
    } while (c.at(WHEN));
    Expr otherwise = c.accept(ELSE) ? aExpr() : null;
    c.expect(END);
    return new CaseExpr(arg, List.copyOf(whens), otherwise, location);
  }

  // ---- parentheses

  /// What stands in parentheses: a query (`select_with_parens`), or an [ExprList] of one or more.
  /// How deep the parentheses around a query are nested can only be told when it ends.
  Node parens() {
    return parens(false);
  }

  /// @param one whether an expression in the parentheses must be the only one
  Node parens(boolean one) {
    int location = c.expect('(');
    Expr first;
    if (g.select.atSelect()) {
      SelectStmt query = g.select.selectNoParens();
      c.expect(')');
      return query;
    }
    if (c.at('(')) {
      int innerLocation = c.location();
      Node inner = parens();
      if (inner instanceof SelectStmt query) {
        if (c.accept(')')) {
          return query;
        }
        if (g.select.continuesSelect()) {
          SelectStmt whole = g.select.continueSelect(query);
          c.expect(')');
          return whole;
        }
      }
      first = continueAExpr(overlaps(fromParens(inner, innerLocation), innerLocation));
    } else {
      first = aExpr();
    }
    List<Expr> items = List.of(first);
    if (!one && c.at(',')) {
      List<Expr> more = new ArrayList<>();
      more.add(first);
      while (c.accept(',')) {
        more.add(aExpr());
      }
      items = List.copyOf(more);
    }
    c.expect(')');
    return new ExprList(items, location);
  }

  /// The `c_expr` that what was found in parentheses is.
  private Expr fromParens(Node inner, int location) {
    if (inner instanceof SelectStmt query) {
      return indirect(new SubLink(SubLink.Type.EXPR, null, List.of(), query, location));
    }
    List<Expr> items = ((ExprList) inner).items();
    return items.size() == 1 ? indirect(items.get(0)) : new RowExpr(items, true, location);
  }

  // ---- names and what follows them

  private Expr indirect(Expr arg) {
    if (!c.at('[') && !c.at('.')) {
      return arg;
    }
    List<Indirection> steps = checkedIndirection();
    return new AIndirection(arg, steps, arg.location());
  }

  /// `indirection`, perhaps empty.
  List<Indirection> indirection() {
    List<Indirection> steps = new ArrayList<>(2);
    while (true) {
      if (c.accept('.')) {
        if (c.accept('*')) {
          steps.add(new Indirection.Star());
        } else {
          steps.add(new Indirection.Field(c.colLabel()));
        }
      } else if (c.accept('[')) {
        steps.add(indices());
      } else {
        return steps;
      }
    }
  }

  /// As [#indirection], with a star only at its end.
  List<Indirection> checkedIndirection() {
    List<Indirection> steps = indirection();
    for (int i = 0; i < steps.size() - 1; i++) {
      if (steps.get(i) instanceof Indirection.Star) {
        throw c.errorHere("improper use of \"*\"");
      }
    }
    return List.copyOf(steps);
  }

  private Indirection indices() {
    Expr lower = c.at(':') ? null : aExpr();
    if (lower != null && c.accept(']')) {
      return new AIndices(false, null, lower);
    }
    c.expect(':');
    Expr upper = c.at(']') ? null : aExpr();
    c.expect(']');
    return new AIndices(true, lower, upper);
  }

  /// A column, a call, or a constant behind the name of its type.
  private Expr columnOrFunction() {
    int location = c.location();
    int kind = c.peek();
    if (!Cursor.isColId(kind)) {
      // A name of a function or a type only.
      String name = c.typeFunctionName();
      if (c.at('(') || c.at(SCONST)) {
        return g.function.callOrConstant(List.of(name), location);
      }
      throw c.unexpected();
    }
    boolean functionName = Cursor.isTypeFunctionName(kind);
    String first = c.colId();
    int next = c.peek();
    if (next != '.' && next != '[') {
      if (functionName && (next == '(' || next == SCONST)) {
        return g.function.callOrConstant(List.of(first), location);
      }
      return new ColumnRef(List.of(first), false, location);
    }
    List<Indirection> steps = indirection();
    if (c.at('(') || c.at(SCONST)) {
      return g.function.callOrConstant(c.namesOnly(first, steps), location);
    }
    return columnRef(first, steps, location);
  }

  /// A column with what follows it: the names up to the first subscript are the column, the rest is
  /// applied to it.
  Expr columnRef(String first, List<Indirection> steps, int location) {
    List<String> fields = new ArrayList<>(steps.size() + 1);
    fields.add(first);
    boolean star = false;
    int i = 0;
    @Nullable List<Indirection> rest = null;
    for (; i < steps.size(); i++) {
      Indirection step = steps.get(i);
      if (step instanceof Indirection.Field field) {
        fields.add(field.name());
      } else if (step instanceof Indirection.Star) {
        if (i < steps.size() - 1) {
          throw c.errorHere("improper use of \"*\"");
        }
        star = true;
      } else {
        rest = List.copyOf(steps.subList(i, steps.size()));
        for (int k = 0; k < rest.size() - 1; k++) {
          if (rest.get(k) instanceof Indirection.Star) {
            throw c.errorHere("improper use of \"*\"");
          }
        }
        break;
      }
    }
    ColumnRef column = new ColumnRef(List.copyOf(fields), star, location);
    return rest == null ? column : new AIndirection(column, rest, location);
  }
}
